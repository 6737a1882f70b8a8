/** How threads come and go. */

import { threads } from "millrace/threads";
import { expect, test, vi } from "vitest";
import { threaded } from "./program.ts";

// Each starts threads, which takes its time where many other tests do so too.
vi.setConfig({ testTimeout: 60_000 });

const environment = { MILLRACE_THREADS: "2" };
const life = (how: string, more: Parameters<typeof threaded>[2] = {}) =>
  threaded("life", [how], { ...more, env: { ...environment, ...more.env } });

test("goroutines start goroutines from any thread", async () => {
  expect(await threaded("tree")).toEqual({ code: 0, signal: null, stdout: "4096 false\n", stderr: "" });
});

test.each(["1", "2", "3"])("a run on another thread has goroutines anywhere, with %s threads", async (count) => {
  const line = "2646700 1, 2, RangeError inside\n";
  const ended = await threaded("nested", [], { env: { MILLRACE_THREADS: count } });
  expect(ended).toEqual({ code: 0, signal: null, stdout: line.repeat(3), stderr: "" });
});

test("there are as many threads as there is work for, up to gomaxprocs, which can change", async () => {
  const { code, stdout, stderr } = await threaded("gate", [], { env: { MILLRACE_THREADS: "3" } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe("3 [ 1 ]\n1 [ 2, 2 ]\n2 [ 5, 5, 5, 5, 5 ]\n5\n");
});

test("a listener that wants to hears what happens on other threads", async () => {
  const { code, stdout, stderr } = await threaded("watch");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  // On a slow machine it may be preempted before an operation.
  const kinds = stdout.replaceAll("go-yield go-resume ", "");
  expect(kinds).toBe("go-start chan-make chan-send go-park go-ready go-resume go-end\ntrue\ntrue\n");
});

test("what a thread prints is not lost, and comes in order", async () => {
  const { code, stdout, stderr } = await life("output");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "an error\n" });
  expect(stdout).toBe(Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join(""));
});

test("main returns: threads that never yield end with it, and what they have printed is there", async () => {
  const { code, stdout, stderr } = await life("main returns");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n").sort()).toEqual(["", "end", "hog 1", "hog 1", "hog 2", "hog 2"]);
});

test("threads go with the run that needed them", async () => {
  const { stdout, stderr } = await life("run returns");
  expect(stdout.replaceAll(/hog \d\n/g, "")).toBe("[ 0, 0, 0 ]\n");
  expect(stderr).toBe("");
});

test("a thread that has begun keeps no other from being started, however late it is read that it is ready", async () => {
  const ended = await threaded("late-ready", [], { env: environment, patience: 20_000 });
  expect(ended).toEqual({ code: 0, signal: null, stdout: "free\nfree\n", stderr: "" });
});

test("leaks: goroutines on other threads are in the list", async () => {
  expect(await life("leak")).toMatchObject({ code: 0, stdout: "1 parked chan receive mine true\n", stderr: "" });
});

test.each(["1", "2"])("numGoroutine counts those of all threads, on any thread, with %s threads", async (count) => {
  // Main, one of its own, the family and its five.
  expect(await life("count", { env: { MILLRACE_THREADS: count } })).toMatchObject({ stdout: "8 8\n1\n", stderr: "" });
});

test.each(["1", "2"])("arguments are copied, or refused where go is said, with %s threads", async (count) => {
  const { stdout, stderr } = await life("arguments", { env: { MILLRACE_THREADS: count } });
  expect(stderr).toBe("");
  expect(stdout.split("\n")).toEqual([
    "TypeError: go: args[1].items[3] is a channel of this thread; make it with sharedChan()",
    "TypeError: go: args[0] is a lock of this thread; use SharedMutex",
    expect.stringMatching(/^TypeError: go: args\[5\] is a function, and functions stay on their thread; /),
    "4 [ 1, 2, 3 ]",
    "",
  ]);
});

test("a function whose module can't be imported panics with the reason", async () => {
  const { code, stderr } = await life("unknown");
  expect(stderr).toMatch(
    /^panic: ReferenceError: parallel: thread \d can't import .*lost\.mjs.*: Error: Cannot find module '/,
  );
  expect(code).toBe(2);
});

test("a worker of the program's own runs what it knows, and says what it has loaded when it does not", async () => {
  const { code, stdout, stderr } = await life("worker");
  expect(stdout).toBe("false\n");
  expect(stderr).toMatch(
    /^panic: ReferenceError: parallel: thread \d has no function named "lost"; the modules it has loaded: \n\tfile:.*life\.mjs\n/,
  );
  expect(code).toBe(2);
});

test("a worker of the program's own can't be limited by an option: the error says what can", () => {
  const worker = (): never => {
    throw new Error("not called");
  };
  const text =
    /^threads: maxMemory can't limit a worker that the program makes; make it with \{ resourceLimits: \{ maxOldGenerationSizeMb: 64 \} \}$/;
  expect(() => threads({ worker, maxMemory: 64 * 2 ** 20 })).toThrow(text);
});

test("a worker that never calls serve, or is none, is an error and no hang", async () => {
  expect((await life("no serve")).stderr).toMatch(
    /^panic: thread died \(thread 1 ended before its file called serve\(\)\)/,
  );
  expect((await life("no worker")).stderr).toContain(
    "threads: worker: expected a function that gives a new Worker, got 1",
  );
});

test("a seeded run and a bubble keep their goroutines on this thread", async () => {
  expect(await life("seeded")).toMatchObject({ code: 0, stdout: "true\ntrue\n", stderr: "" });
});

test("an idle thread serves its timers and promises, and is not taken for asleep", async () => {
  expect(await life("nap")).toMatchObject({ code: 0, stdout: "slept true\nsent undefined\n", stderr: "" });
});

test("the default run can have parallel goroutines, which hold the process open until they have ended", async () => {
  expect(await life("default")).toEqual({
    code: 0,
    signal: null,
    stdout: "false [ 'slept', 'slept' ]\n",
    stderr: "",
  });
});

test("SIGQUIT lists the goroutines of all threads, also of one that does not answer", async () => {
  const { code, stderr } = await life("quit", { whenReady: (child) => child.kill("SIGQUIT") });
  // Runnable, where the host had its turn before it came to sleep.
  expect(stderr).toMatch(/^SIGQUIT: quit\n\ngoroutine 1 \[(sleep|runnable)\]:\nquit\(\)\n/);
  expect(stderr).toMatch(/\ngoroutine 3 \[chan receive, thread \d\]: channel "mine"\nparked\(\)\n/);
  expect(stderr).toMatch(/\ngoroutine 2 \[running, thread \d\]:\nhog\(\)\ncreated by quit in goroutine 1\n/);
  expect(code).toBe(2);
});

test("no wake-up is lost, for as long as there is time in a test", async () => {
  const { code, stdout, stderr } = await threaded("wake-soak", ["2"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(Number.parseInt(stdout, 10)).toBeGreaterThan(0);
});
