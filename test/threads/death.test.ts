/** A thread that dies, or has to be ended, fails its jobs and no others. */
import { describe, expect, test, vi } from "vitest";
import { isolate } from "../../src/threads/memory/isolate.ts";
import { QUEUE_LOCK } from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { findTask, relock, runqput, unbarred, waitingTasks } from "../../src/threads/sched/taskq.ts";
import { threaded } from "./program.ts";

// Each starts threads, which takes its time where many other tests do so too.
vi.setConfig({ testTimeout: 60_000 });

async function jobs(what: string): Promise<string[]> {
  const { code, stdout, stderr } = await threaded("jobs", [what]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trimEnd().split("\n");
}

describe("a job that ends its thread", () => {
  test("fails with who and how, and the pool goes on", async () => {
    expect(await jobs("fails")).toEqual([
      "Panic THREAD_DIED thread died (job() in goroutine N called process.exit(3))",
      "Panic THREAD_DIED thread died (job() in goroutine N threw what nothing caught: TypeError: in a timer); TypeError",
      "Panic THREAD_DIED thread died (job() in goroutine N left a rejection unhandled: RangeError: nobody); RangeError",
      "Panic THREAD_DIED thread died (job() in goroutine N ran out of memory); Error",
      "ok,ok,ok",
    ]);
  });

  test("takes along those that had begun there, and only it is to blame", async () => {
    const lines = await jobs("neighbours");
    expect(lines.filter((line) => line.startsWith("Panic THREAD_DIED"))).toEqual([
      "Panic THREAD_DIED thread died (meet() in goroutine N called process.exit(3))",
    ]);
    const rest = lines.filter((line) => !line.startsWith("Panic THREAD_DIED"));
    expect(rest).toHaveLength(3);
    for (const line of rest) {
      expect(line).toMatch(
        /^(ok|Panic JOB_LOST goroutine lost .*\(meet\(\) in goroutine N called process\.exit\(3\)\))$/,
      );
    }
  });

  test("is begun again where the pool says so", async () => {
    expect(await jobs("attempts")).toEqual(["done"]);
  });

  test("ends the process if it crashes natively: that is all that can be promised", async () => {
    const { signal, stdout } = await threaded("jobs", ["crash"]);
    expect({ signal, stdout }).toEqual({ signal: "SIGSEGV", stdout: "" });
  });

  test("fails for a join that comes when it is lost already", async () => {
    expect(await jobs("late")).toEqual(["Panic THREAD_DIED thread died (job() in goroutine N called process.exit(3))"]);
  });

  test.each([
    ["the program sleeps", "bare"],
    ["main returns", "returns"],
    ["its handle is garbage", "collected"],
  ])("is a panic if nothing can join it any more: %s", async (_why, what) => {
    const { code, stderr } = await threaded("jobs", [what]);
    expect(stderr).toMatch(/^panic: thread died \(job\(\) in goroutine \d+ on thread \d called process\.exit\(3\)\)\n/);
    expect(code).toBe(2);
  });

  test("takes along goroutines that no join tells of: that is a panic", async () => {
    const { code, stdout, stderr } = await threaded("jobs", ["orphans"], { env: { MILLRACE_THREADS: "2" } });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^panic: goroutine lost with its thread \(job\(\) in goroutine \d+ on thread \d called/);
    expect(code).toBe(2);
  });
});

describe("a job that hangs is ended with its thread when its grace is over", () => {
  test("by the timeout of its run; slots are free, and drain ends", async () => {
    expect(await jobs("timeout")).toEqual([
      "TimeoutError: context deadline exceeded",
      "number",
      "number number",
      "drained",
    ]);
  });

  test("by its cancel, with the cause", async () => {
    expect(await jobs("cancel")).toEqual(["RangeError undefined no more number"]);
  });

  test("by the context of a map", async () => {
    expect(await jobs("context")).toEqual(["AbortError undefined context canceled; RangeError", "2"]);
  });

  test("and what it held is free, or lost as for a dead thread", async () => {
    expect(await jobs("locks")).toEqual([
      "false",
      "Panic SHARED_LOST lost with the thread that was using it (SharedMutex)",
      "AbortError undefined context canceled",
    ]);
  });

  test("one that only waits does not take its neighbours along", async () => {
    expect(await jobs("patient")).toEqual([`RangeError undefined this one${",wait".repeat(7)}`]);
  });
});

/** How many threads are killed; `MILLRACE_KILLS=10000 npx vitest run test/threads/death.test.ts -t killed` kills more. */
const KILLS = process.env.MILLRACE_KILLS ?? "25";
/** Which threads, and when: `MILLRACE_KILL_SEED` chooses the same again. */
const KILL_SEED = process.env.MILLRACE_KILL_SEED ?? `${Date.now() % 2 ** 31}`;

test(`${KILLS} threads killed at any place: every job ends, and nothing hangs`, {
  timeout: 60_000 + Number(KILLS) * 500,
}, async () => {
  const { code, stdout, stderr } = await threaded("kill-loop", [KILLS, KILL_SEED], {
    patience: 50_000 + Number(KILLS) * 500,
  });
  const seed = `MILLRACE_KILL_SEED=${KILL_SEED}`;
  expect({ code, stderr }, seed).toEqual({ code: 0, stderr: "" });
  const { kills, done, lost, others } = JSON.parse(stdout) as Record<string, number>;
  expect({ kills, others }, seed).toEqual({ kills: Number(KILLS), others: 0 });
  expect(done, seed).toBeGreaterThan(lost as number);
});

// Nothing in the thread can say that it ends, and the first one, which waits for the lock, hears of nothing.
test.each([
  ["terminate", "here"],
  ["terminate", "other"],
  ["memory", "here"],
  ["memory", "other"],
])("a thread that dies inside a lock (%s) keeps none that waits %s", async (how, who) => {
  const { code, stdout, stderr } = await threaded("die-locked", [how, who]);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "begun\nundefined at once THREAD_DIED\n", stderr: "" });
});

test("who waits for the lock of a dead thread on the queue for all goes on without it, and what it kept is not lost", async () => {
  isolate.open();
  const looked = vi.fn();
  unbarred.fn = looked;
  const tasks = Array.from({ length: 700 }, () => memory.alloc(64));
  for (const task of tasks.slice(0, 300)) runqput(task);
  const dead = memory.newIsolate();
  memory.i32[QUEUE_LOCK] = dead + 1;
  const before = performance.now();
  for (const task of tasks.slice(300)) runqput(task);
  expect(waitingTasks()).toBe(null);
  // It waits once, not for each task.
  expect(performance.now() - before).toBeLessThan(1000);
  relock(dead);
  await expect.poll(() => looked.mock.calls.length).toBe(1);
  expect(waitingTasks()).toEqual(new Set(tasks));
  const taken = new Set<number>();
  for (let task = findTask(() => 0); task !== 0; task = findTask(() => 0)) taken.add(task);
  expect(taken).toEqual(new Set(tasks));
});
