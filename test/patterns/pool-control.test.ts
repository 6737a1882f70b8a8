/** `WorkerPool` while it runs: pausing, clearing, resizing, priorities, weights, rates, jobs that are given up, what is told. */
import { chan, type Go, go, type Op, run, select } from "millrace";
import {
  background,
  Canceled,
  type Context,
  cause,
  DeadlineExceeded,
  key,
  withCancelCause,
  withTimeout,
  withValue,
} from "millrace/context";
import { type Job, type PoolHooks, WorkerPool } from "millrace/patterns";
import { Limiter } from "millrace/sync";
import { bubble, explore } from "millrace/testing";
import { now, since, sleep, after as within } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both, type Kit } from "../kit/both.ts";
import { failure } from "../kit/streams.ts";

/** A pool whose jobs say when they begin and last as long as they are worth. */
function recording(options: ConstructorParameters<typeof WorkerPool>[1] = {}) {
  const begun: number[] = [];
  const pool = new WorkerPool(
    function* (ms: number, _: Context): Go<number> {
      begun.push(ms);
      yield* sleep(ms);
      return ms;
    },
    { workers: 1, queue: Infinity, ...options },
  );
  return { pool, begun };
}

describe("priority", () => {
  both("the highest first, in order within one", function* (t) {
    const { pool, begun } = recording();
    pool.trySubmit(1); // runs
    for (const [ms, priority] of [
      [2, 0],
      [3, 5],
      [4, -1.5],
      [5, 5],
      [6, 0],
    ] as const)
      pool.trySubmit(ms, { priority });
    yield* t.on(pool.drain());
    expect(begun).toEqual([1, 3, 5, 2, 6, 4]);
  });

  both("is changed while a job waits, and goes behind its equals", function* (t) {
    const { pool, begun } = recording();
    const [first, second, third] = [1, 2, 3, 4].map((ms) => pool.trySubmit(ms)) as [
      Job<number>,
      Job<number>,
      Job<number>,
    ];
    third.setPriority(1);
    first.setPriority(9); // it runs: nothing to change
    second.setPriority(1);
    expect([first.priority, second.priority, third.priority]).toEqual([0, 1, 1]);
    yield* t.on(pool.drain());
    expect(begun).toEqual([1, 3, 2, 4]);
    expect(() => second.setPriority(Number.NaN)).toThrow("Job.setPriority: priority: expected a number, got NaN");
  });

  both("holds for those that wait to be queued too", function* (t) {
    const { pool, begun } = recording({ queue: 0 });
    yield* t.on(pool.submit(1));
    const low = t.perform(pool.submit(2));
    yield* t.settle();
    const high = t.perform(pool.run(3, { priority: 1 }));
    yield* t.settle();
    yield* t.on(low.g.join());
    yield* t.on(high.g.join());
    yield* t.on(pool.drain());
    expect(begun).toEqual([1, 3, 2]);
  });
});

describe("pause and resume", () => {
  both("running jobs go on, others wait, and more may be submitted", function* (t) {
    const { pool, begun } = recording({ workers: 2 });
    pool.trySubmit(10);
    pool.pause();
    pool.trySubmit(20);
    yield* t.on(sleep(50));
    expect([begun, pool.paused, pool.running, pool.queued]).toEqual([[10], true, 0, 1]);
    pool.resume();
    expect([pool.running, pool.queued]).toEqual([1, 0]);
    yield* t.on(pool.drain());
    expect(begun).toEqual([10, 20]);
  });

  both("begins paused, and blocks when the queue is full", function* (t) {
    const { pool, begun } = recording({ paused: true, queue: 1, workers: 4 });
    expect(pool.trySubmit(1)).toBeDefined();
    expect(pool.trySubmit(2)).toBe(undefined);
    const waiting = t.perform(pool.run(3));
    yield* t.on(sleep(10));
    expect(begun).toEqual([]);
    pool.resume();
    yield* t.on(waiting.g.join());
    expect(begun).toEqual([1, 3]);
  });

  both("a pool that is closed while it is paused does what it has when it is resumed", function* (t) {
    const { pool, begun } = recording({ paused: true });
    pool.trySubmit(1);
    pool.close();
    pool.resume();
    yield* t.on(pool.drain());
    expect(begun).toEqual([1]);
  });
});

describe("clear", () => {
  both("drops what waits, with a reason; what runs goes on", function* (t) {
    const { pool, begun } = recording({ queue: 1 });
    const why = new Error("not needed");
    const runs = t.perform(pool.run(10));
    yield* t.settle();
    const queued = yield* t.on(pool.submit(20));
    const line = t.start(function* () {
      return yield* failure(t, pool.submit(30));
    });
    yield* t.settle();
    const caught = t.start(function* () {
      return yield* failure(t, queued.join());
    });
    yield* t.settle();
    pool.clear(why);
    expect([pool.running, pool.queued, queued.state]).toEqual([1, 0, "failed"]);
    yield* t.on(caught.g.join());
    yield* t.on(line.g.join());
    expect([caught.value, line.value]).toEqual([why, why]);
    expect(yield* failure(t, queued.join())).toBe(why);
    yield* t.on(runs.g.join());
    expect(runs.value).toBe(10);
    expect(yield* t.on(pool.run(5))).toBe(5);
    yield* t.on(pool.drain()); // nothing was lost
    expect(begun).toEqual([10, 5]);
  });

  both("says Canceled by default, and of a paused pool too", function* (t) {
    const { pool } = recording({ paused: true });
    const job = pool.trySubmit(1) as Job<number>;
    pool.clear();
    expect(yield* failure(t, job.join())).toBe(Canceled);
    yield* t.on(pool.idle());
  });
});

describe("workers", () => {
  both("more of them begin at once, fewer when those that run have ended", function* (t) {
    const { pool } = recording({ workers: 1 });
    for (let i = 0; i < 12; i++) pool.trySubmit(10);
    expect([pool.running, pool.queued]).toEqual([1, 11]);
    pool.workers = 4;
    expect([pool.workers, pool.running, pool.queued]).toEqual([4, 4, 8]);
    yield* t.on(sleep(5));
    pool.workers = 2;
    expect(pool.running).toBe(4);
    yield* t.on(sleep(10));
    expect([pool.running, pool.queued]).toEqual([2, 6]);
    yield* t.on(pool.drain());
    pool.workers = 3;
    for (let i = 0; i < 4; i++) pool.trySubmit(1);
    expect([pool.running, pool.queued]).toEqual([3, 1]);
    yield* t.on(pool.drain());
    expect(() => {
      pool.workers = 0;
    }).toThrow("WorkerPool.workers: workers: expected a whole number from 1 up, or Infinity, got 0");
  });
});

describe("weight", () => {
  both("a job counts as so many workers; those behind it wait with it", function* (t) {
    const { pool } = recording({ workers: 4 });
    pool.trySubmit(10, { weight: 3 });
    pool.trySubmit(20, { weight: 2 });
    pool.trySubmit(30, { weight: 0.5 });
    expect([pool.running, pool.queued]).toEqual([1, 2]);
    yield* t.on(sleep(11));
    expect([pool.running, pool.queued]).toEqual([2, 0]);
    yield* t.on(pool.drain());
  });

  both("one that is heavier than the pool is done alone", function* (t) {
    const { pool, begun } = recording({ workers: 2 });
    pool.trySubmit(5);
    pool.trySubmit(6, { weight: 9 });
    pool.trySubmit(7);
    yield* t.on(sleep(6));
    expect([begun, pool.running]).toEqual([[5, 6], 1]);
    yield* t.on(pool.drain());
    expect(begun).toEqual([5, 6, 7]);
  });
});

describe("limiter", () => {
  both("jobs begin no more often than it allows, and the pool says until when", function* (t) {
    const start = now();
    const times: number[] = [];
    const pool = new WorkerPool(() => void times.push(Math.round(since(start))), {
      workers: 8,
      queue: Infinity,
      limiter: new Limiter(100, 2),
    });
    expect(pool.limited).toBe(0);
    for (let i = 0; i < 5; i++) pool.trySubmit(i);
    expect([pool.running, pool.queued]).toEqual([2, 3]);
    yield* t.on(sleep(4));
    expect(pool.limited).toBeGreaterThan(0);
    yield* t.on(pool.drain());
    expect(times).toEqual([0, 0, 10, 20, 30]);
  });

  both("what a pool does not use that is stopped goes to the others", function* (t) {
    const limiter = new Limiter(100, 1);
    const pool = new WorkerPool(() => {}, { limiter, queue: Infinity });
    for (let i = 0; i < 3; i++) pool.trySubmit(i);
    pool.stop();
    const start = now();
    yield* t.on(limiter.wait());
    expect(Math.round(since(start))).toBe(10);
  });

  test("refuses what is no limiter, and a job that it never allows", () => {
    expect(() => new WorkerPool(() => {}, { limiter: 5 as never })).toThrow("limiter: expected a limiter, got 5");
    const pool = new WorkerPool(() => {}, { limiter: new Limiter(1, 2) });
    expect(() => pool.trySubmit(1, { weight: 3 })).toThrow("never lets 3 happen at once");
  });
});

describe("a job is given up", () => {
  const why = new Error("gone");
  const given = { name: "AbortError", message: "context canceled", cause: why };

  both("by its context while it waits: it is dropped", function* (t) {
    const { pool, begun } = recording();
    const [ctx, cancel] = withCancelCause(background());
    pool.trySubmit(10);
    const job = pool.trySubmit(20, { ctx }) as Job<number>;
    const running = t.start(function* () {
      return yield* failure(t, pool.run(30, { ctx }));
    });
    yield* t.settle();
    cancel(why);
    expect([job.state, pool.queued]).toEqual(["failed", 0]);
    yield* t.on(running.g.join());
    expect(running.value).toMatchObject(given);
    expect(yield* failure(t, job.join())).toMatchObject(given);
    yield* t.on(pool.drain());
    expect(begun).toEqual([10]);
  });

  both("by its signal while it runs: who waits is told at once, the worker stays with it", function* (t) {
    const controller = new AbortController();
    let seen: unknown;
    const pool = new WorkerPool(
      function* (_: number, ctx: Context): Go {
        yield* ctx.done().recv();
        seen = cause(ctx);
        yield* sleep(10); // cleans up
      },
      { workers: 1 },
    );
    const job = yield* t.on(pool.submit(1, { signal: controller.signal }));
    yield* t.settle();
    const start = now();
    controller.abort(why);
    expect(yield* failure(t, job.join())).toMatchObject(given);
    expect([since(start), job.state, pool.running]).toEqual([0, "failed", 1]);
    yield* t.on(pool.idle());
    expect([since(start), seen]).toEqual([10, why]);
    yield* t.on(pool.drain());
  });

  both("by its context while it stands in the line", function* (t) {
    const { pool } = recording({ queue: 0 });
    yield* t.on(pool.submit(10));
    const [ctx] = withTimeout(background(), 5);
    expect(yield* failure(t, pool.submit(20, { ctx }))).toBe(DeadlineExceeded);
    expect(pool.queued).toBe(0);
    yield* t.on(pool.drain());
  });

  both("by a context that was done before it was submitted", function* (t) {
    const { pool, begun } = recording();
    const [ctx, cancel] = withCancelCause(background());
    cancel(why);
    pool.trySubmit(10);
    const job = pool.trySubmit(20, { ctx }) as Job<number>;
    expect([job.state, pool.queued]).toEqual(["failed", 0]);
    expect(yield* failure(t, job.join())).toMatchObject(given);
    expect(yield* failure(t, pool.run(30, { ctx }))).toMatchObject(given);
    yield* t.on(pool.drain());
    expect(begun).toEqual([10]);
  });

  both("when it has run too long, not when it has waited", function* (t) {
    const { pool } = recording();
    const start = now();
    pool.trySubmit(50);
    const slow = t.start(function* () {
      return yield* failure(t, pool.run(30, { timeout: 20 }));
    });
    const quick = t.perform(pool.run(10, { timeout: 20 }));
    yield* t.on(slow.g.join());
    expect([slow.value, Math.round(since(start))]).toEqual([DeadlineExceeded, 70]);
    yield* t.on(quick.g.join());
    expect([quick.value, Math.round(since(start))]).toEqual([10, 90]); // the worker was with the slow one until 80
    yield* t.on(pool.drain());
  });

  both("too long, and nobody joined: drain says so", function* (t) {
    const { pool } = recording();
    pool.trySubmit(30, { timeout: 20 });
    const error = (yield* failure(t, pool.drain())) as AggregateError;
    expect(error.errors).toEqual([DeadlineExceeded]);
  });

  both("its context has the values of its submitter's", function* (t) {
    const user = key<string>("user");
    const pool = new WorkerPool((_: number, ctx: Context) => ctx.value(user));
    const ctx = withValue(background(), user, "Ada");
    expect(yield* t.on(pool.run(1, { ctx }))).toBe("Ada");
    expect(yield* t.on(pool.run(1))).toBe(undefined);
  });
});

both("a job has a name by which it is found until it has ended", function* (t) {
  const { pool } = recording();
  pool.trySubmit(5, { id: "a" });
  const b = pool.trySubmit(6, { id: "b" });
  expect(pool.job("b")).toBe(b);
  expect(() => pool.trySubmit(7, { id: "a" })).toThrow('a job "a" has not ended');
  b?.cancel();
  expect(pool.job("b")).toBe(undefined);
  yield* t.on(pool.idle());
  expect(pool.job("a")).toBe(undefined);
  yield* t.on(pool.run(7, { id: "a" }));
});

describe("waits", () => {
  both("idle, empty, below and saturated are operations", function* (t) {
    const { pool } = recording({ workers: 2 });
    yield* t.on(pool.idle());
    yield* t.on(pool.empty());
    const start = now();
    const at = (op: Parameters<Kit["perform"]>[0]) =>
      t.start(function* () {
        yield* t.on(op);
        return Math.round(since(start));
      });
    const saturated = at(pool.saturated());
    yield* t.settle();
    for (let i = 1; i <= 6; i++) pool.trySubmit(10);
    const all = [at(pool.below(3)), at(pool.empty()), at(pool.idle())];
    for (const { g } of [saturated, ...all]) yield* t.on(g.join());
    expect([saturated, ...all].map(({ value }) => value)).toEqual([0, 10, 20, 30]);
    expect(() => pool.below(0)).toThrow("WorkerPool.below: expected a whole number from 1 up, got 0");
  });

  both("can lose a select, and leave nothing", function* (t) {
    const { pool } = recording();
    pool.trySubmit(50);
    const s = yield* t.on(select({ idle: pool.idle(), late: within(5).recv() }));
    expect(s.case).toBe("late");
    yield* t.on(pool.idle());
  });
});

both("running and queued are right at once after trySubmit", function* (t) {
  const { pool } = recording();
  const seen = [1, 2].map((ms) => {
    pool.trySubmit(ms);
    return [pool.running, pool.queued];
  });
  expect(seen).toEqual([
    [1, 0],
    [1, 1],
  ]);
  yield* t.on(pool.drain());
});

describe("hooks", () => {
  both("tell of each job, and when the pool is idle", function* (t) {
    const told: unknown[] = [];
    const on: PoolHooks = {
      began: ({ id }) => told.push(["began", id]),
      done: ({ id, state }, result) => told.push(["done", id, state, result]),
      failed: ({ id }, error) => told.push(["failed", id, (error as Error).message]),
      idle: () => told.push("idle"),
    };
    const pool = new WorkerPool(
      async (n: number) => {
        if (n === 2) throw new Error("two");
        return n;
      },
      { workers: 1, queue: Infinity, on },
    );
    for (const n of [1, 2, 3]) pool.trySubmit(n);
    pool.trySubmit(4)?.cancel(new Error("four"));
    yield* failure(t, pool.drain());
    expect(told).toEqual([
      ["failed", 4, "four"],
      ["began", 1],
      ["done", 1, "done", 1],
      ["began", 2],
      ["failed", 2, "two"],
      ["began", 3],
      ["done", 3, "done", 3],
      "idle",
    ]);
  });

  both("one that throws stops the pool", function* (t) {
    const boom = new Error("boom");
    const pool = new WorkerPool(() => 1, {
      on: {
        began: () => {
          throw boom;
        },
      },
    });
    pool.trySubmit(1);
    yield* t.settle();
    expect(yield* failure(t, pool.run(2))).toBe(boom);
  });
});

test("options of a job are checked where it is submitted", () => {
  const { pool } = recording();
  for (const [options, message] of [
    [5, "expected options like { ctx, priority }, got 5"],
    [{ priority: "1" }, 'priority: expected a number, got "1"'],
    [{ weight: -1 }, "weight: expected a finite number from 0 up, got -1"],
    [{ timeout: Number.NaN }, "timeout: expected a duration in milliseconds from 0 up, got NaN"],
    [{ id: 5 }, "id: expected a string, got 5"],
    [{ ctx: {} }, "expected a context"],
  ] as const)
    for (const submit of [
      () => pool.submit(1, options as never),
      () => pool.run(1, options as never),
      () => pool.trySubmit(1, options as never),
    ])
      expect(submit).toThrow(message);
});

describe("under every schedule", () => {
  /** Two jobs and one that is done to; everything that was submitted ends, and none runs too many at once. */
  const pooled = (act: (pool: WorkerPool<number, number>, job: Job<number>) => void) =>
    explore(
      function* () {
        let active = 0;
        const gate = chan<number>(4);
        const pool = new WorkerPool(
          function* (n: number): Go<number> {
            if (++active > 2) throw new Error("too many at once");
            yield* gate.send(n);
            active--;
            return n;
          },
          { workers: 1, queue: 1 },
        );
        const job = yield* pool.submit(1);
        const ends: string[] = [];
        const submitters = [2, 3].map((n) =>
          go(function* () {
            try {
              ends.push(`${yield* pool.run(n, { priority: n })}`);
            } catch (error) {
              if (error !== Canceled) throw error;
              ends.push("cleared");
            }
          }),
        );
        const actor = go(() => act(pool, job));
        for (const g of [...submitters, actor]) yield* g.join();
        try {
          yield* job.join();
        } catch (error) {
          if (error !== Canceled) throw error;
        }
        yield* pool.idle();
        if (ends.length !== 2 || pool.running !== 0 || pool.queued !== 0 || active !== 0)
          throw new Error(`left: ${ends}`);
      },
      { strategy: "random", runs: 300, seed: 1 },
    );

  test.each<[string, Parameters<typeof pooled>[0]]>([
    ["clear", (pool) => pool.clear()],
    [
      "resize",
      (pool) => {
        pool.workers = 2;
      },
    ],
    ["cancel", (_, job) => job.cancel()],
    ["reprioritise", (_, job) => job.setPriority(9)],
    [
      "pause, clear, resize, resume",
      (pool) => {
        pool.pause();
        pool.clear();
        pool.workers = 2;
        pool.resume();
      },
    ],
  ])("%s", async (_, act) => {
    await pooled(act);
  });
});

test("a pool that is paused and forgotten holds nothing up", async () => {
  await run(
    function* () {
      const { pool } = recording({ paused: true });
      pool.trySubmit(1);
      yield* sleep(1);
    },
    { leaks: true },
  );
});

describe("a report says which pool and which job is waited for", () => {
  test.each<[string, (pool: WorkerPool<number, void>) => Op<unknown>, RegExp]>([
    ["submit", (pool) => pool.submit(2), /goroutine 1 \[semacquire\]: WorkerPool \d+ \(resize\)\n/],
    ["run", (pool) => pool.run(2), /goroutine 1 \[join\]: WorkerPool \d+ \(resize\)\n/],
    ["drain", (pool) => pool.drain(), /goroutine 1 \[join\]: WorkerPool \d+ \(resize\)\n/],
    ["idle", (pool) => pool.idle(), /goroutine 1 \[semacquire\]: WorkerPool \d+ \(resize\)\n/],
    ["join", (pool) => (pool.job("first") as Job<void>).join(), /\[join\]: job 1 of WorkerPool \d+ \(resize\)\n/],
  ])("%s", async (_, wait, says) => {
    const stuck = bubble(function* () {
      const never = chan<void>();
      const pool = new WorkerPool(
        function* resize(_: number): Go {
          yield* never.recv();
        },
        { workers: 1, queue: 0 },
      );
      yield* pool.submit(1, { id: "first" });
      yield* wait(pool);
    });
    await expect(stuck).rejects.toThrow(says);
  });
});
