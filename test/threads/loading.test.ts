/** How a thread comes to the program's modules, and what becomes of jobs whose module it can't have. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { cli, type Ended, node, root } from "../kit/child.ts";

// Each starts threads, which takes its time where many other tests do so too.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace-loading-")));
  // As `npm init` makes it: no "type".
  write("package.json", '{ "name": "user", "version": "1.0.0" }');
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/millrace"));
  symlinkSync(join(root, "node_modules/tsx"), join(folder, "node_modules/tsx"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const program = (name: string, text: string, ...options: string[]): Promise<Ended> =>
  node([...options, write(name, text)], { cwd: folder });

describe("in a package without a type", () => {
  const one = `
    import { go, main, type SendChan } from "millrace";
    import { parallel, sharedChan } from "millrace/threads";
    import { background, Canceled, type Context, withCancel } from "millrace/context";
    const put = parallel(import.meta, "put", function* (c: SendChan<number>, ctx: Context) {
      yield* c.send(42);
      yield* ctx.done().recv();
      return ctx.err();
    });
    main(function* () {
      const c = sharedChan<number>(1, { zero: 0 });
      const [ctx, cancel] = withCancel(background());
      const g = go(put, c, ctx);
      console.log(yield* c.recv());
      cancel();
      console.log((yield* g.join()) === Canceled);
    });`;
  const good = { code: 0, signal: null, stdout: "42\ntrue\n", stderr: "" };

  test.each([
    ["millrace run", [cli, "run"]],
    ["node --import tsx", ["--import", "tsx"]],
  ])("%s: threads have the program's copy of the library", async (_how, options) => {
    expect(await program("typeless.ts", one, ...options)).toEqual(good);
  });
});

describe("work that the top level of the program awaits is done once", () => {
  const head = `
    import { isMainThread } from "node:worker_threads";
    import { go, run } from "millrace";
    import { mapConcurrent, WorkerPool } from "millrace/patterns";
    import { parallel } from "millrace/threads";
    const twice = parallel(import.meta, "twice", (n) => [n * 2, isMainThread]);`;

  test.each([
    ["mapConcurrent", "console.log(await mapConcurrent([1, 2], twice));", "[ [ 2, false ], [ 4, false ] ]"],
    ["a pool", "console.log(await new WorkerPool(twice).run(3));", "[ 6, false ]"],
    ["go, many at a time", "console.log((await Promise.all([1, 2].map((n) => go(twice, n).join()))).length);", "2"],
    ["a run", "console.log(await run(function* () { return yield* go(twice, 4).join(); }));", "[ 8, false ]"],
  ])("%s", async (_what, line, shown) => {
    const ended = await program("top.mjs", `${head}\n${line}\n`);
    expect(ended).toEqual({ code: 0, signal: null, stdout: `${shown}\n`, stderr: "" });
  });

  test("a function that is named after it is told from one that is missing", async () => {
    const text = `${head}
      console.log(await mapConcurrent([1], twice));
      const late = parallel(import.meta, "late", () => 1);
      try { await go(late).join(); } catch (error) { console.log(error.message); }`;
    const { stdout, stderr } = await program("late.mjs", text);
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /^\[ \[ 2, false \] \]\nparallel: thread \d gets no further in file:.*late\.mjs, which has the function "late": its top level starts work, .* name it before/,
    );
  });
});

/** Each way to start a job, and what its error says. */
const doors = `
  import { go, run } from "millrace";
  import { mapConcurrent, mapStream, WorkerPool } from "millrace/patterns";
  import { parallel } from "millrace/threads";
  process.on("uncaughtException", (error) => console.log("uncaught", error));
  const f = parallel({ url: new URL(process.argv[2], import.meta.url).href }, "f", (n) => n);
  const ways = {
    join: () => go(f, 1).join(),
    map: () => mapConcurrent([1, 2], f),
    pool: () => new WorkerPool(f).run(1),
    "join in a run": () => run(function* () { return yield* go(f, 1).join(); }),
    "map in a run": () => run(function* () { return yield* mapConcurrent([1], f); }),
  };
  const texts = new Set();
  for (const [name, way] of Object.entries(ways)) {
    try {
      console.log(name, "gave", await way());
    } catch (error) {
      texts.add(error.message.split("\\n")[0].replace(/thread \\d+/, "thread N"));
      console.log(name, error.name, error.cause?.name);
    }
  }
  console.log([...texts].join("\\n"));`;
const names = ["join", "map", "pool", "join in a run", "map in a run"];

describe("a module that no thread can have rejects each job with one error", () => {
  test.each([
    ["is gone", null, "Error", "can't import", /: Error: Cannot find module/],
    ["has a fault", "export const = 1;", "SyntaxError", "can't import", /: SyntaxError: /],
    ["throws", 'throw new RangeError("no config");', "RangeError", "can't import", /: RangeError: no config$/],
    ["never settles", "await new Promise(() => {});", undefined, "never comes to the end of", /awaits what never/],
  ])("one that %s", async (what, text, cause, why, reason) => {
    const name = `${what.replaceAll(" ", "-")}.mjs`;
    if (text !== null) write(name, text);
    const { code, stdout, stderr } = await node([write("doors.mjs", doors), `./${name}`], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.slice(0, names.length)).toEqual(names.map((each) => `${each} ReferenceError ${cause}`));
    expect(lines[names.length]).toMatch(
      new RegExp(`^parallel: thread N ${why} file:.*/${name}, which has the function "f"`),
    );
    expect(lines[names.length]).toMatch(reason);
    expect(lines).toHaveLength(names.length + 1);
  });

  test("one that has no such function", async () => {
    write("empty.mjs", "export {};");
    const { stdout } = await node([write("doors.mjs", doors), "./empty.mjs"], { cwd: folder });
    expect(stdout).toMatch(/\nparallel: thread N has no function named "f"; the modules it has loaded: \n$/);
  });

  test("of a goroutine that nobody joins it is a panic", async () => {
    const text = `
      import { chan, go, main } from "millrace";
      import { parallel } from "millrace/threads";
      const f = parallel({ url: "file:///gone.mjs" }, "f", () => {});
      main(function* () { go(f); yield* chan().recv(); });`;
    const { code, stderr } = await program("bare.mjs", text);
    expect(stderr).toMatch(/^panic: ReferenceError: parallel: thread \d can't import file:\/\/\/gone\.mjs, /);
    expect(code).toBe(2);
  });
});

test("one that takes long is told by name, and its functions are found when it is there", async () => {
  write(
    "slow.mjs",
    `
    import { parallel } from "millrace/threads";
    import { isMainThread } from "node:worker_threads";
    if (!isMainThread) await new Promise((resolve) => setTimeout(resolve, 5500));
    export const f = parallel(import.meta, "f", (n) => n + 1);`,
  );
  const text = `
    import { go } from "millrace";
    import { f } from "./slow.mjs";
    console.log(await go(f, 1).join());`;
  const { stdout, stderr } = await program("waits.mjs", text);
  expect(stdout).toBe("2\n");
  expect(stderr).toMatch(/^millrace: thread 1 has been importing file:.*slow\.mjs for 5 s; /);
});
