/** The page Getting started, followed to the letter from an empty folder, with the packed file in place of the registry's. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Block, blocks, promises } from "../kit/blocks.ts";
import { manifest, pack, root, run } from "../kit/pack.ts";

const FILE = "docs/guide/getting-started.md";
const programs = blocks().filter((block) => block.file === FILE);

let outside = "";
let folder = "";
beforeAll(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), "start-")));
  pack(outside);
  const steps = /```sh\n([\s\S]*?)```/.exec(readFileSync(root + FILE, "utf8"))?.[1] ?? "";
  expect(steps).toContain("npm install millrace");
  const packed = steps.replace(
    "npm install millrace",
    `npm install --prefer-offline ../millrace-${manifest.version}.tgz`,
  );
  execFileSync("bash", ["-e", "-c", packed], { cwd: outside, stdio: ["ignore", "ignore", "pipe"] });
  folder = join(outside, "hello");
}, 180_000);
afterAll(() => rmSync(outside, { recursive: true, force: true }));

/** What the page says that the program prints, line by line. */
const expected = (block: Block): string[] =>
  block.output?.split("\n") ?? [...promises(block.code).values()].flatMap((one) => one.split(/,? then /));

it.each(programs.map((block) => [block.line, block] as const))("line %i, in TypeScript", (line, block) => {
  const name = block.flags.includes("program") ? "main.ts" : `line-${line}.ts`;
  writeFileSync(join(folder, name), block.code);
  const printed = run(folder, process.execPath, ["node_modules/millrace/dist/cli/main.js", "run", name]);
  const lines = printed.replaceAll(`${folder}/`, "").trimEnd().split("\n");
  expect(lines.filter((one) => !one.startsWith("exit code"))).toEqual(expected(block));
});

it("the first one in JavaScript, by Node itself", () => {
  const [first] = programs as [Block];
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  writeFileSync(join(folder, "hello.js"), ts.transpileModule(first.code, { compilerOptions: options }).outputText);
  expect(run(folder, process.execPath, ["hello.js"])).toBe(`${first.output}\n`);
});
