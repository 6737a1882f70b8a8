/** The compiler as a loader: `node --import millrace/register` and `millrace run --compile`. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cli, type Ended, node, root } from "../kit/child.ts";

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace compile ")));
  mkdirSync(join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(root, join(folder, "node_modules/millrace"));
  symlinkSync(`${root}node_modules/tsx`, join(folder, "node_modules/tsx"));
  writeFileSync(join(folder, "required.cjs"), REQUIRED);
  writeFileSync(join(folder, "program.mjs"), PROGRAM.replaceAll(/\/\* type \*\/[^{)]*/g, ""));
  writeFileSync(join(folder, "program.ts"), `interface Long {\n  a: number;\n}\n${PROGRAM}`);
});

afterAll(() => rmSync(folder, { recursive: true }));

// Whether it was compiled, what the operations gave, and where the goroutines wait.
const PROGRAM = `import { chan, go, run } from "millrace";
function* worker(ch/* type */: ReturnType<typeof chan>) {
  yield* ch.recv();
}
async function wait(ch/* type */: ReturnType<typeof chan>) {
  return await ch.recv();
}
await run(function* () {
  const ch = chan(1);
  yield* ch.send(7);
  console.log([worker, wait].map((each) => String(each).includes("$mr")).join(), yield* ch.recv());
  yield* ch.send(8);
  console.log(yield* go(wait, ch).join());
  go(worker, ch);
  yield* chan().recv();
}).catch((error) => console.log(error.message.replaceAll(/\\(?(file:..)?\\/.*\\//g, "")));
`;
const REQUIRED = `const { run, chan } = require("millrace");
function* program() {
  const ch = chan(1);
  yield* ch.send(1);
  return String(program).includes("$mr") + " " + (yield* ch.recv());
}
run(program).then(console.log);
`;

const printed = (file: string, first: number): string => `true,true 7
8
all goroutines are asleep - deadlock!

goroutine 1 [chan receive]: channel 2
main()
	${file}:${first + 14}:8

goroutine 3 [chan receive]: channel 1
worker()
	${file}:${first + 2}:8
created by main in goroutine 1
`;

const ends = async (argv: readonly string[]): Promise<Ended> => node(argv, { cwd: folder });
const says = (stdout: string): Ended => ({ code: 0, signal: null, stdout, stderr: "" });

test("JavaScript, whose dumps name its own lines", async () => {
  expect(await ends(["--import", "millrace/register", "program.mjs"])).toEqual(says(printed("program.mjs", 1)));
});

test("CommonJS", async () => {
  expect(await ends(["--import", "millrace/register", "required.cjs"])).toEqual(says("true 1\n"));
});

test("TypeScript by tsx", async () => {
  const argv = ["--import", "millrace/register", "--import", "tsx", "program.ts"];
  expect(await ends(argv)).toEqual(says(printed("program.ts", 4)));
});

test("millrace run --compile", async () => {
  expect(await ends([cli, "run", "--compile", "program.ts"])).toEqual(says(printed("program.ts", 4)));
});

test("without the packages it needs it says which", async () => {
  // A copy of what is built, in a folder above which nothing is installed.
  const bare = join(folder, "bare/node_modules/millrace");
  cpSync(`${root}dist`, join(bare, "dist"), { recursive: true });
  cpSync(`${root}package.json`, join(bare, "package.json"));
  const { code, stderr } = await node(["--import", "millrace/register", "../program.mjs"], {
    cwd: join(folder, "bare"),
  });
  expect(code).toBe(1);
  expect(stderr).toContain(
    "node --import millrace/register: the compiler needs two packages that are not installed: npm install --save-dev oxc-parser magic-string",
  );
});
