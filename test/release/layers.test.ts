/** What lint holds is the table of `lint/layers.ts`, and it holds it of every folder. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { config, folders } from "../../lint/layers.ts";
import { root } from "../kit/child.ts";

const imports: readonly (readonly [file: string, imported: string, why: string])[] = [
  ["src/runtime/a.ts", "../eslint/rule.ts", "Layers go one way"],
  ["src/sync/a.ts", "../tour/program/compile.ts", "Layers go one way"],
  ["src/interop/a.ts", "../patterns/merge.ts", "Layers go one way"],
  ["src/runtime/b.ts", "../chan/chan.ts", "Layers go one way"],
  ["src/threads/memory/a.ts", "../sched/run.ts", "threads: memory"],
  ["src/threads/memory/b.ts", "../../testing/leaks.ts", "Layers go one way"],
  ["src/eslint/a.ts", "../runtime/op.ts", "stands alone"],
  ["src/sync/b.ts", "../time/index.ts", "public face"],
  ["src/a.ts", "./sync/mutex.ts", "millrace itself stands on"],
  ["src/tour/a.ts", "millrace/time", "relative path"],
];
const uses: readonly (readonly [file: string, value: string, refused: boolean])[] = [
  ["src/patterns/c.ts", "Date.now()", true],
  ["src/threads/sched/c.ts", "performance.now()", true],
  ["src/threads/sched/d.ts", "Math.random()", true],
  ["src/sync/c.ts", "process.pid", true],
  ["src/threads/sched/e.ts", "process.pid", false],
  ["src/time/c.ts", "new Date(0)", false],
];

/** What lint says, in a copy of its configuration, of files that import and use these. */
let said: readonly { readonly file: string; readonly text: string }[];
beforeAll(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "layers-")));
  cpSync(`${root}lint`, join(folder, "lint"), { recursive: true });
  const { vcs: _, ...rest } = JSON.parse(readFileSync(`${root}biome.json`, "utf8")) as Record<string, unknown>;
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write("biome.json", JSON.stringify(rest));
  for (const [file, imported] of imports) write(file, `import { x } from "${imported}";\nx();\n`);
  for (const [file, value] of uses) write(file, `export const x: unknown = ${value};\n`);
  const argv = [`${root}node_modules/@biomejs/biome/bin/biome`, "lint", "--reporter=json", "--max-diagnostics=none"];
  const { stdout } = spawnSync(process.execPath, [...argv, "src"], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: unknown } }[] };
  said = diagnostics.map((each) => ({ file: JSON.stringify(each.location.path), text: JSON.stringify(each) }));
});
const of = (file: string): string =>
  said.flatMap((each) => (each.file.includes(`"${file}"`) ? [each.text] : [])).join("\n");

it("lint/layers.json is what the table says; npm run layers writes it", () => {
  expect(JSON.parse(readFileSync(`${root}lint/layers.json`, "utf8"))).toEqual(JSON.parse(config()));
});

it("every folder of src has a row", () => {
  const [there, listed] = folders(`${root}src`);
  expect(listed).toEqual(there);
});

it.each(imports)("%s must not import %s", (file, _imported, why) => {
  expect(of(file)).toContain(why);
});

it.each(uses)("%s: %s", (file, _value, refused) => {
  expect(/noRestrictedGlobals|Only src\/runtime\/host\.ts/.test(of(file))).toBe(refused);
});
