/** `millrace run` with every kind of file, in projects of every kind, and what it hands to the program. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli, type Ended, node, root, type Settings } from "../kit/child.ts";

/** A folder outside of the repository, with a space in its name. */
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace run ")));
  for (const [name, type] of [
    ["module", "module"],
    ["commonjs", "commonjs"],
    ["neither", undefined],
  ] as const) {
    mkdirSync(join(folder, name, "node_modules"), { recursive: true });
    writeFileSync(join(folder, name, "package.json"), JSON.stringify(type === undefined ? {} : { type }));
    symlinkSync(root, join(folder, name, "node_modules/millrace"));
  }
  mkdirSync(join(folder, "bare"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, source: string): string {
  writeFileSync(join(folder, path), source);
  return path;
}

/** Runs `millrace run ...argv` in the folder. */
const run = (argv: readonly string[], settings: Settings = {}): Promise<Ended> =>
  node([cli, "run", ...argv], { cwd: folder, ...settings });

const says = (stdout: string): Ended => ({ code: 0, signal: null, stdout, stderr: "" });

// Types to strip, an enum to translate, an import of the package and one of a TypeScript file under its JavaScript name.
const TYPESCRIPT = `
import { main, chan, type Chan } from "millrace";
import { sleep } from "millrace/time";
enum Sound { Ping = "ping" }
main(function* () {
  const ch: Chan<Sound> = chan<Sound>(1);
  yield* ch.send(Sound.Ping);
  yield* sleep(0.1);
  console.log(yield* ch.recv());
});
`;

const javaScript = (load: string): string => `
${load}
main(function* () {
  const ch = chan(1);
  yield* ch.send("ping");
  console.log(yield* ch.recv());
});
`;
const ESM = javaScript('import { chan, main } from "millrace";');
const CJS = javaScript('const { chan, main } = require("millrace");');

describe("runs", () => {
  test.for([
    ["module/p.ts", TYPESCRIPT],
    ["module/p.mts", TYPESCRIPT],
    ["module/p.cts", TYPESCRIPT],
    ["module/p.tsx", TYPESCRIPT],
    ["module/p.js", ESM],
    ["module/p.mjs", ESM],
    ["module/p.cjs", CJS],
    ["commonjs/p.ts", TYPESCRIPT],
    ["commonjs/p.mts", TYPESCRIPT],
    ["commonjs/p.cts", TYPESCRIPT],
    ["commonjs/p.js", CJS],
    ["commonjs/p.mjs", ESM],
    ["neither/p.ts", TYPESCRIPT],
    ["neither/p.mts", TYPESCRIPT],
    ["neither/p.js", CJS],
    // No package there: the command's own.
    ["bare/p.ts", TYPESCRIPT],
    ["bare/p.mts", TYPESCRIPT],
    ["bare/p.cts", TYPESCRIPT],
    ["bare/p.cjs", CJS],
    ["bare/p.mjs", ESM],
    ["bare/a name with spaces & signs %20.mts", TYPESCRIPT],
  ] as const)("%s", async ([path, source]) => {
    expect(await run([write(path, source)])).toEqual(says("ping\n"));
  });

  test("a program in several files, imported with and without extensions", async () => {
    write("module/other.ts", "export const other: string = 'other';");
    write("module/third.ts", "export const third: string = 'third';");
    const path = write(
      "module/several.ts",
      'import { other } from "./other.js"; import { third } from "./third.ts"; console.log(other, third);',
    );
    expect(await run([path])).toEqual(says("other third\n"));
  });

  test("the file as the main module: require.main, argv[1], import.meta", async () => {
    const commonjs = write(
      "commonjs/main.cts",
      "console.log(require.main === module, process.argv[1] === __filename);",
    );
    expect(await run([commonjs])).toEqual(says("true true\n"));
    const module = write(
      "module/main.ts",
      'import { fileURLToPath } from "node:url"; console.log(process.argv[1] === fileURLToPath(import.meta.url));',
    );
    expect(await run([module])).toEqual(says("true\n"));
  });

  test("a program started by child_process.fork, in TypeScript too", async () => {
    write("module/child.ts", 'const hello: string = "hello from the child"; process.send?.(hello);');
    const path = write(
      "module/fork.ts",
      `import { fork } from "node:child_process";
       fork(new URL("./child.ts", import.meta.url)).on("message", (text: string) => console.log(text));`,
    );
    expect(await run([path])).toEqual(says("hello from the child\n"));
  });

  test("with await at the top level of a module", async () => {
    const path = write(
      "module/await.ts",
      'import { run } from "millrace"; console.log(await run(function* () { return "awaited"; }));',
    );
    expect(await run([path])).toEqual(says("awaited\n"));
  });

  test("the package that the program has before its own", async () => {
    mkdirSync(join(folder, "older/node_modules/millrace"), { recursive: true });
    writeFileSync(join(folder, "older/node_modules/millrace/package.json"), '{ "exports": "./it.js" }');
    writeFileSync(join(folder, "older/node_modules/millrace/it.js"), 'exports.main = () => console.log("older");');
    const source = 'import { main } from "millrace"; main();';
    expect(await run([write("older/p.mts", source)])).toEqual(says("older\n"));
    expect(await run([write("older/p.cts", source)])).toEqual(says("older\n"));
  });

  test("installed by npm: as an executable file", async () => {
    // npm links the file into .bin and makes it executable; a copy stands for a package from a registry.
    const installed = join(folder, "global/lib/node_modules/millrace");
    mkdirSync(installed, { recursive: true });
    for (const part of ["dist", "package.json"]) cpSync(join(root, part), join(installed, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "global/lib/node_modules/millrace/node_modules"));
    symlinkSync("lib/node_modules/millrace/dist/cli/main.js", join(folder, "global/millrace"));
    const ended = await node([join(folder, "global/millrace"), "run", write("bare/g.ts", TYPESCRIPT)], { cwd: folder });
    expect(ended).toEqual(says("ping\n"));
  });
});

describe("hands to the program", () => {
  test.for([
    [
      ["a", "--flag", "-x"],
      ["a", "--flag", "-x"],
    ],
    [
      ["--", "a", "--seed", "3"],
      ["a", "--seed", "3"],
    ],
    [["--help"], ["--help"]],
    [["--seed", "3"], []],
    [
      ["--seed=3", "--threads", "1", "a", "--seed", "4"],
      ["a", "--seed", "4"],
    ],
    [
      ["--seed", "3", "--", "--threads", "2"],
      ["--threads", "2"],
    ],
    [
      ["--seeds", "3"],
      ["--seeds", "3"],
    ],
    [["--", "--"], ["--"]],
    [
      ["a", "--", "b"],
      ["a", "--", "b"],
    ],
    [[""], [""]],
  ] as const)("the arguments after the file %j", async ([args, got]) => {
    const path = write("module/args.ts", "console.log(JSON.stringify(process.argv.slice(2)));");
    expect(await run([path, ...args])).toEqual(says(`${JSON.stringify(got)}\n`));
  });

  test("its standard input", async () => {
    const path = write("module/cat.ts", "process.stdin.pipe(process.stdout);");
    expect(await run([path], { input: "line 1\nline 2\n" })).toEqual(says("line 1\nline 2\n"));
  });

  test("a seed, with which main makes the same choices each time", async () => {
    const path = write(
      "module/seed.ts",
      `import { chan, main, select } from "millrace";
       main(function* () {
         const a = chan<number>(64), b = chan<number>(64);
         for (let i = 0; i < 64; i++) { a.trySend(i); b.trySend(i); }
         let choices = "";
         for (let i = 0; i < 64; i++) choices += (yield* select({ a: a.recv(), b: b.recv() })).case;
         console.log(choices);
       }, process.argv[2] === undefined ? {} : { seed: Number(process.argv[2]) });`,
    );
    const [one, again, two, flag, none, same] = await Promise.all([
      run(["--seed", "1", path]),
      run(["--seed=1", path]),
      run(["--seed", "2", path]),
      run([path, "--seed=1", "2"]), // before the program's own
      run([path]),
      run([path], { env: { MILLRACE_SEED: "1" } }),
    ]);
    expect(one?.stdout).toMatch(/^[ab]{64}\n$/);
    expect(again).toEqual(one);
    expect(flag).toEqual(one);
    expect(same).toEqual(one);
    expect(two?.stdout).not.toBe(one?.stdout);
    expect(none?.stdout).not.toBe(one?.stdout);
  });

  test("a seed in the environment that is none is refused", async () => {
    const path = write("module/badseed.ts", 'import { main } from "millrace"; main(function* () {});');
    const { code, stderr } = await run([path], { env: { MILLRACE_SEED: "x" } });
    expect(code).toBe(1);
    expect(stderr).toContain('MILLRACE_SEED: expected a whole number, got "x"');
  });
});

describe("passes on", () => {
  test.for([
    ["its exit code", "process.exitCode = 7;", { code: 7, signal: null }],
    ["process.exit", "process.exit(9);", { code: 9, signal: null }],
    ["the signal that kills it", 'process.kill(process.pid, "SIGKILL"); for (;;);', { code: null, signal: "SIGKILL" }],
    ["a top-level await that never settles", "await new Promise(() => {});", { code: 13, signal: null }],
  ] as const)("%s", async ([, source, end]) => {
    expect(await run([write("module/end.mts", `${source}\nexport {};`)])).toMatchObject({ ...end, stdout: "" });
  });

  test.for(["module/throws.ts", "module/throws.mts", "commonjs/throws.ts"])(
    "an error, with the line of TypeScript and no frame of ours: %s",
    async (path) => {
      write(
        path,
        'interface Gone { a: 1 }\n\nexport const f = (x?: Gone): never => {\n  throw new Error("boom");\n};\nf();\n',
      );
      const { code, stdout, stderr } = await run([path]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(`Error: boom\n    at f (${join(folder, path)}:4:9)\n`);
      expect(stderr).not.toMatch(/cli\/main|commander/);
    },
  );

  test("an error is an uncaughtException to the program, whatever kind of module it is", async () => {
    const source = `process.on("uncaughtException", (e: Error) => console.log("caught", e.message)); throw new Error("x");`;
    for (const path of ["commonjs/uncaught.ts", "module/uncaught.ts"]) {
      expect(await run([write(path, source)])).toEqual(says("caught x\n"));
    }
  });
});

describe("says what is wrong with a program that can't be translated", () => {
  test.for(["module/syntax.ts", "module/syntax.mts", "commonjs/syntax.ts"])("%s", async (path) => {
    const { code, stderr } = await run([write(path, "let x: = ;")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^millrace run: Transform failed with 1 error:\n.*syntax\.ts:1:7: ERROR: Unexpected "="\n$/);
  });

  test("await at the top level of CommonJS", async () => {
    const { code, stderr } = await run([write("neither/await.ts", "await null; export {};")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Top-level await is currently not supported.*\nName the file \.mts, or put "type": "module"/,
    );
  });
});
