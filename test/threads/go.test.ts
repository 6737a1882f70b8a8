/** Programs with parallel functions, as a user runs them. */
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { describe, expect, test, vi } from "vitest";
import { cli, node, root } from "../kit/child.ts";
import { path, threaded } from "./program.ts";

// Each starts threads, which takes its time where many other tests do so too.
vi.setConfig({ testTimeout: 60_000 });

test.each([
  ["millrace run", [cli, "run"]],
  ["millrace run --threads 3", [cli, "run", "--threads", "3"]],
  ["node --import tsx", ["--import", "tsx"]],
])("%s: a TypeScript program runs its goroutines on other threads", async (_how, argv) => {
  const ended = await node([...argv, path("first.ts")]);
  expect(ended).toEqual({ code: 0, signal: null, stdout: "9900 100\n", stderr: "" });
});

test("with one thread they run on that", async () => {
  const ended = await node([cli, "run", "--threads", "1", path("first.ts")]);
  expect(ended).toEqual({ code: 0, signal: null, stdout: "9900 0\n", stderr: "" });
});

test("they answer while a fake clock stands still on the first thread", async () => {
  const ended = await threaded("fake");
  expect(ended).toEqual({ code: 0, signal: null, stdout: "55 [ 1, 4, 9 ]\n", stderr: "" });
});

test("a deadlock over several threads is found, and the report has the goroutines of all of them", async () => {
  const { code, stdout, stderr } = await threaded("deadlock");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  const lines = stderr.split("\n");
  expect(lines[0]).toBe("fatal error: all goroutines are asleep - deadlock!");
  expect(stderr).toMatch(/^goroutine 1 \[join\]:\nmain\(\)/m);
  expect(stderr).toMatch(
    /^goroutine 2 \[chan receive, thread \d\]: channel "never"\nstuck\(\)\n\t.*\ncreated by main in/m,
  );
  expect(stderr).toMatch(/^goroutine 3 \[chan receive, thread \d\]: channel "never"\nstuck\(\)/m);
  expect(stderr.match(/^goroutine \d+ \[chan send, thread \d\]: channel "mine"\ninner\(\)/gm)).toHaveLength(2);
  const ids = [...stderr.matchAll(/^goroutine (\d+) /gm)].map(([, id]) => Number(id));
  expect(new Set(ids).size).toBe(5);
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

test("a panic elsewhere ends the run with class, fields, cause and both stacks", async () => {
  const { code, stdout, stderr } = await threaded("panic", [], { options: ["--enable-source-maps"] });
  expect(stdout.split("\n")).toEqual([
    "true Teapot too hot: 99 99 TypeError",
    "true true",
    "no error at all",
    "true",
    "TypeError: the result of a parallel function is a function, and functions stay on their thread; send data that says what to do, or start a parallel() function there",
    "undefined",
    "",
  ]);
  expect(stderr).toMatch(
    /^panic: Teapot: too hot: 100\n(\t.+\n)*\ngoroutine \d+ \[running, thread \d\]:\nbrew\(\)\n\t.+\ncreated by main in goroutine 1\n\ncause: TypeError: steam\nnew Teapot\(\)\n\t/,
  );
  expect(code).toBe(2);
});

describe("a panic elsewhere stays with its goroutine", () => {
  test("in the default run, where it is an error for those who join, and else for the process or its handler", async () => {
    const { code, stdout, stderr } = await threaded("panics");
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual([
      "joined: rejected RangeError: boom 1",
      "joined there: caught joined there",
      "in a thread: nested caught boom 9",
      "what can't travel: rejected Error: odd",
      "a result that can't: rejected TypeError: the result of a parallel function is a function, and functions stay on their thread",
      "uncaught: boom 2",
      "uncaught: in a closure",
      "a closure: closure done",
      "handler: boom 3 in boom on thread true: boom()",
      "handler: in a closure in inner on thread true, created by closure: inner()",
      "a closure: closure done",
      "the others go on: 300",
      "",
    ]);
    expect(code).toBe(0);
  });

  test("in a run whose onPanic says so", async () => {
    const { code, stdout, stderr } = await threaded("panics", ["runs"]);
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual([
      "without a handler: rejected RangeError: boom 4",
      "handler: boom 5 in boom on thread true, created by all: boom()",
      "handler: in a closure in inner on thread true, created by closure: inner()",
      "handler: boom 9 in boom on thread true, created by nested: boom()",
      "with one: caught boom 5, closure done, nested caught boom 9, 100",
      "that says run: rejected RangeError: boom 6",
      "",
    ]);
    expect(code).toBe(0);
  });
});

describe("a thread that dies fails the goroutine that ended it, and another takes its place", () => {
  test.each([
    ["exit", "called process.exit(3)", "undefined"],
    ["throw", "threw what nothing caught: TypeError: in a timer", "TypeError"],
    ["reject", "left a rejection unhandled: Error: nobody", "Error"],
    ["memory", "ran out of memory", "Error"],
  ])("%s", async (how, why, cause) => {
    const { code, stdout, stderr } = await threaded("die", [how], { options: ["--max-old-space-size=48"] });
    const text = (goroutine: number): string => `thread died (die() in goroutine ${goroutine} on thread 1 ${why})`;
    const line = `Panic THREAD_DIED ${text(2)} ${cause}\n`;
    expect(stdout).toBe(`${line}${line}fine\n`);
    // One that is never joined is a panic.
    expect(stderr).toContain(`panic: ${text(3)}\n`);
    expect(code).toBe(2);
  });

  // Out of another thread's queue, out of the one for all whose lock it holds; any, before it is marked.
  test.each(["steal", "drop", "mark"])("with tasks that it has taken and not begun, in %s", async (where) => {
    const stdout = where === "drop" ? "1000 332833500\n" : "200 2646700\n";
    // The other thread may have begun all of them before the one that is to die looks for any.
    for (let tries = 0, died = false; !died; tries++) {
      expect(tries).toBeLessThan(20);
      const ended = await threaded("die-in-hand", [where], { env: { MILLRACE_THREADS: "2" } });
      // So may the one that takes its place.
      died = /^(died\n)+$/.test(ended.stderr);
      expect(ended).toEqual({ code: 0, signal: null, stdout, stderr: died ? ended.stderr : "" });
    }
  });

  test("whose end is heard of before what it has said", async () => {
    const { code, stdout, stderr } = await threaded("gone-first");
    expect([stdout, stderr, code]).toEqual(["RangeError: enough\n".repeat(8), "", 0]);
  });

  test.each(["goroutine", "closure"])("that of a %s which main has not started, too", async (what) => {
    const { code, stdout, stderr } = await threaded("die-elsewhere", [what], { env: { MILLRACE_THREADS: "2" } });
    expect(stdout).toBe("starter,victim\n");
    expect(stderr).toMatch(/^panic: thread died \(end\(\) in goroutine \d+ on thread \d called process\.exit\(4\)\)\n/);
    expect(code).toBe(2);
  });
});

/** Once, for all goroutines. */
const SAID =
  /^millrace: f runs on the first thread: no other thread can import the module that it is in; put it into a file, .*\n$/;

describe("a function that no other thread can find", () => {
  const source = `
    import { go, main } from "millrace";
    import { mapConcurrent } from "millrace/patterns";
    import { parallel } from "millrace/threads";
    import { isMainThread } from "node:worker_threads";
    const f = parallel(META, "f", (n) => [n, isMainThread]);
    main(function* () {
      console.log(yield* go(f, 1).join(), yield* mapConcurrent([2], f));
    });`;
  const code = source.replace("META", "import.meta");

  test("runs on the first one: code given to node, and a bundle in CommonJS", async () => {
    const here = {
      code: 0,
      signal: null,
      stdout: "[ 1, true ] [ [ 2, true ] ]\n",
      stderr: expect.stringMatching(SAID),
    };
    // With one thread nothing is missing, and nothing is said.
    const one = await node(["--input-type=module", "--eval", code], { env: { MILLRACE_THREADS: "1" } });
    expect(one).toEqual({ ...here, stderr: "" });
    expect(await node(["--input-type=module", "--eval", code])).toEqual(here);
    expect(await node(["--input-type", "module", "-"], { input: code })).toEqual(here);
    const { code: bundle } = await transform(source.replace("META", "{}"), { format: "cjs" });
    expect(await node(["--eval", bundle])).toEqual(here);
  });

  test("a thread of such a program still imports modules", async () => {
    const url = JSON.stringify(pathToFileURL(`${root}examples/threads/mandelbrot.ts`).href);
    const importing = code.replace("import.meta", `{ url: ${url} }`);
    const { stdout, stderr } = await node(["--import", "tsx", "--input-type=module", "--eval", importing]);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^panic: ReferenceError: parallel: thread 1 has no function named "f"/);
    expect(stderr).toContain("examples/threads/mandelbrot.ts");
  });

  test("and one that was given no import.meta says so", async () => {
    const { code: status, stderr } = await node([
      "--eval",
      (await transform(source.replace("META", '{ url: "x" }'), { format: "cjs" })).code,
    ]);
    expect(stderr).toBe(
      'panic: TypeError: parallel: f needs import.meta, for threads to find it; it got "x"\n\n' +
        "goroutine 1 [running]:\nmain()\n",
    );
    expect(status).toBe(2);
  });
});
