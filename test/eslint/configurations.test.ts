/** The configurations of the guide's page on lint, as files, in the linters as they are installed. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { configs } from "../../src/eslint/index.ts";
import { root } from "../kit/pack.ts";

const guide = readFileSync(`${root}docs/guide/lint.md`, "utf8");
const [javaScript, typeScript, typed] = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
const [oxlint] = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, code]) => code);

const PROGRAM = `import { chan, go } from "millrace";
const ch = chan();
go(function* () {
  ch.send(1);
  save();
});
function* save() {}
`;
const FOUND = ["4 no-floating-operation", "5 no-floating-generator"];
/** Only types tell what another file exports. */
const IMPORTS = `import { load, save } from "./store.ts";
save();
load();
`;
const STORE = `import { chan, type Go, type Op } from "millrace";
export function* save(): Go {}
export const load = (): Op<unknown> => chan<number>().recv();
`;
const BY_TYPES = ["2 no-floating-generator", "3 no-floating-operation"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-lint-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/millrace"));
  symlinkSync(`${root}node_modules/@typescript-eslint`, join(folder, "node_modules/@typescript-eslint"));
  for (const name of ["js.js", "ts.ts"]) writeFileSync(join(folder, name), PROGRAM);
  writeFileSync(join(folder, "imports.ts"), IMPORTS);
  writeFileSync(join(folder, "store.ts"), STORE);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        module: "nodenext",
        target: "es2022",
        noEmit: true,
        allowImportingTsExtensions: true,
      },
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a linter prints with `config` under the name `file`. */
function lint(argv: readonly string[], file: string, config: string | undefined): Promise<string> {
  writeFileSync(join(folder, file), config ?? "");
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd: folder }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

async function eslint(config: string | undefined, name: string): Promise<string[]> {
  const printed = await lint(
    [`${root}node_modules/eslint/bin/eslint.js`, "--format", "json", name],
    "eslint.config.mjs",
    config,
  );
  const [result] = JSON.parse(printed) as [{ readonly messages: { line: number; ruleId: string; message: string }[] }];
  return result.messages.map(({ line, ruleId, message }) => `${line} ${ruleId?.slice("millrace/".length) ?? message}`);
}

it("ESLint on JavaScript", async () => {
  expect(await eslint(javaScript, "js.js")).toEqual(FOUND);
});

it("ESLint on TypeScript", async () => {
  expect(await eslint(typeScript, "ts.ts")).toEqual(FOUND);
  expect(await eslint(typeScript, "js.js")).toEqual(FOUND);
  expect(await eslint(typeScript, "imports.ts")).toEqual([]);
});

it("ESLint on TypeScript with types", async () => {
  expect(await eslint(typed, "ts.ts")).toEqual(FOUND);
  expect(await eslint(typed, "imports.ts")).toEqual(BY_TYPES);
});

it.each(["js.js", "ts.ts"])("oxlint: %s", async (name) => {
  const printed = await lint(
    [`${root}node_modules/oxlint/bin/oxlint`, "--format", "unix", name],
    ".oxlintrc.json",
    oxlint,
  );
  const found = [...printed.matchAll(/^\S+?:(\d+):\d+:.*\/millrace\(([\w-]+)\)\]$/gm)].map(
    ([, line, rule]) => `${line} ${rule}`,
  );
  expect(found, printed).toEqual(FOUND);
});

it("oxlint has all the rules", () => {
  const { rules } = JSON.parse(oxlint ?? "{}") as { readonly rules: object };
  expect(rules).toEqual(configs.recommended.rules);
});
