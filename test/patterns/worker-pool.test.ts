/** `WorkerPool`: bounds, back-pressure, results, errors, draining and stopping. */

import fc from "fast-check";
import { chan, type Op, run, select } from "millrace";
import { background, Canceled, type Context, cause, withCancel } from "millrace/context";
import { type Job, type Progress, WorkerPool } from "millrace/patterns";
import { now, since, sleep, after as within } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both } from "../kit/both.ts";
import { panics } from "../kit/panics.ts";
import { failure } from "../kit/streams.ts";
import { virtual } from "../kit/virtual.ts";

function* lasting(ms: number) {
  yield* sleep(ms);
  return ms;
}

/** Runs until it is told to stop; then throws why. */
function* hanging(_: unknown, ctx: Context): Generator<never, void> {
  yield* ctx.done().recv() as Iterable<never, void>;
  throw cause(ctx);
}

both("run does a job and gives its result", function* (t) {
  const pool = new WorkerPool(async (name: string, _: Context, id: number) => `${id}: ${name}`, { workers: 2 });
  expect(yield* t.on(pool.run("a"))).toBe("1: a");
  expect(yield* t.on(pool.run("b"))).toBe("2: b");
});

both("never more jobs at once than workers", function* (t) {
  let active = 0;
  let most = 0;
  const start = now();
  const pool = new WorkerPool(
    function* (ms: number) {
      most = Math.max(most, ++active);
      yield* sleep(ms);
      active--;
      return ms;
    },
    { workers: 3 },
  );
  const all = Array.from({ length: 12 }, () => t.perform(pool.run(10)));
  yield* t.on(sleep(5));
  expect([pool.running, pool.queued]).toEqual([3, 9]);
  for (const { g } of all) yield* t.on(g.join());
  expect([most, pool.running, pool.queued]).toEqual([3, 0, 0]);
  expect(since(start)).toBeCloseTo(40, 6);
});

both("jobs are done first in, first out, whichever way they came", function* (t) {
  const order: number[] = [];
  const pool = new WorkerPool(
    function* (n: number) {
      order.push(n);
      yield* sleep(1);
    },
    { workers: 1, queue: 1 },
  );
  for (let n = 0; n < 6; n++) t.perform((n % 2 === 0 ? pool.run(n) : pool.submit(n)) as Op<unknown>);
  yield* t.settle();
  pool.close();
  yield* t.on(pool.drain());
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
});

describe("submit", () => {
  both("gives the job, whose join waits for its end", function* (t) {
    const pool = new WorkerPool(lasting, { workers: 1 });
    const job = yield* t.on(pool.submit(10));
    yield* t.settle();
    expect([job.id, job.state]).toEqual([1, "running"]);
    expect(yield* t.on(job.join())).toBe(10);
    expect(job.state).toBe("done");
    expect(yield* t.on(job.join())).toBe(10);
  });

  for (const queue of [0, 2]) {
    both(`blocks while the workers are busy and ${queue} are queued`, function* (t) {
      const pool = new WorkerPool(lasting, { workers: 2, queue });
      const jobs: Job<number>[] = [];
      for (let i = 0; i < 2 + queue; i++) jobs.push(yield* t.on(pool.submit(10)));
      expect(pool.trySubmit(10)).toBe(undefined);
      const start = now();
      const blocked = t.perform(pool.submit(10));
      yield* t.settle();
      expect(blocked.done).toBe(false);
      yield* t.on(blocked.g.join());
      expect(since(start)).toBeCloseTo(10, 6);
      expect(jobs.map(({ state }) => state).slice(0, 2)).toEqual(["done", "done"]);
      yield* t.on(pool.drain());
    });
  }

  both("as a case of a select that is lost it submits nothing", function* (t) {
    const done: number[] = [];
    const pool = new WorkerPool(
      function* (ms: number) {
        yield* sleep(ms);
        done.push(ms);
      },
      { workers: 1, queue: 0 },
    );
    yield* t.on(pool.submit(20));
    const s = yield* t.on(select({ in: pool.submit(1), late: within(10).recv() }));
    expect(s.case).toBe("late");
    yield* t.on(pool.drain());
    expect(done).toEqual([20]);
  });

  both("a source of any length is taken no faster than the jobs are done", function* (t) {
    const pool = new WorkerPool(lasting, { workers: 2, queue: 3 });
    let submitted = 0;
    const submitting = t.start(function* () {
      for (; submitted < 100; submitted++) yield* t.on(pool.submit(10));
    });
    yield* t.on(sleep(95));
    expect(submitted).toBeLessThanOrEqual(2 * 10 + 3 + 1);
    pool.stop();
    yield* t.on(pool.drain());
    yield* t.on(submitting.g.join());
    expect(submitting.error).toBe(Canceled);
  });
});

describe("errors", () => {
  both("are thrown by run and join", function* (t) {
    const boom = new Error("boom");
    const pool = new WorkerPool(async () => {
      throw boom;
    });
    expect(yield* failure(t, pool.run(1))).toBe(boom);
    const job = yield* t.on(pool.submit(1));
    expect(yield* failure(t, job.join())).toBe(boom);
    expect(job.state).toBe("failed");
    yield* t.on(pool.drain()); // they were noticed
  });

  test("a rejection is seen at once, also when the worker's slice ends with the job that made it", async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", listener);
    const slow = async (): Promise<never> => {
      for (const end = performance.now() + 0.2; performance.now() < end; ) {}
      throw new Error("slow");
    };
    const caught = await run(function* () {
      const pool = new WorkerPool(slow, { workers: 1, queue: 300 });
      const jobs = [];
      for (let n = 0; n < 300; n++) jobs.push(yield* pool.submit(n));
      let failed = 0;
      for (const job of jobs) {
        try {
          yield* job.join();
        } catch {
          failed++;
        }
      }
      return failed;
    });
    process.off("unhandledRejection", listener);
    expect([caught, unhandled]).toEqual([300, []]);
  });

  both("that nobody has noticed are thrown by drain, once", function* (t) {
    const pool = new WorkerPool(async (n: number) => {
      throw new Error(`no ${n}`);
    });
    yield* t.on(pool.submit(1));
    yield* t.on(pool.submit(2));
    const error = (yield* failure(t, pool.drain())) as AggregateError;
    expect(error.message).toBe("2 jobs failed");
    expect(error.errors).toEqual([new Error("no 1"), new Error("no 2")]);
    yield* t.on(pool.drain());
  });

  both("with errors: first, the first one stops the pool", function* (t) {
    const boom = new Error("boom");
    const ended: unknown[] = [];
    const pool = new WorkerPool(
      function* (fails: boolean, ctx: Context) {
        yield* sleep(10);
        if (fails) throw boom;
        yield* ctx.done().recv();
        ended.push(cause(ctx));
      },
      { workers: 2, errors: "first" },
    );
    yield* t.on(pool.submit(true));
    yield* t.on(pool.submit(false));
    const queued = yield* t.on(pool.submit(false));
    expect(yield* failure(t, pool.drain())).toBe(boom);
    expect(ended).toEqual([boom]);
    expect(yield* failure(t, queued.join())).toBe(boom);
    expect(yield* failure(t, pool.submit(true))).toBe(boom);
    expect(yield* failure(t, pool.run(true))).toBe(boom);
  });

  both("a job that failed is done again when that is asked for", function* (t) {
    let tries = 0;
    const pool = new WorkerPool(
      () => {
        if (++tries < 3) throw new Error("no");
        return tries;
      },
      { retry: { attempts: 3 } },
    );
    expect(yield* t.on(pool.run(undefined))).toBe(3);
  });
});

describe("cancelling", () => {
  both("a job that hangs ends through its context, the others go on", function* (t) {
    const pool = new WorkerPool(hanging, { workers: 2 });
    const [a, b] = [yield* t.on(pool.submit(1)), yield* t.on(pool.submit(2))];
    a.cancel(new Error("too slow"));
    expect(yield* failure(t, a.join())).toEqual(new Error("too slow"));
    expect(b.state).toBe("running");
    b.cancel();
    yield* t.on(pool.drain()); // that a job fails which was told to stop is no news
    expect(yield* failure(t, b.join())).toBe(Canceled);
  });

  both("a job that is queued is dropped, and makes room", function* (t) {
    const pool = new WorkerPool(hanging, { workers: 1, queue: 1 });
    const running = yield* t.on(pool.submit(1));
    const queued = yield* t.on(pool.submit(2));
    const blocked = t.perform(pool.submit(3));
    yield* t.settle();
    expect(blocked.done).toBe(false);
    queued.cancel();
    yield* t.settle();
    expect([queued.state, blocked.done]).toEqual(["failed", true]);
    expect(yield* failure(t, queued.join())).toBe(Canceled);
    running.cancel();
    yield* t.settle();
    blocked.value?.cancel();
    yield* t.on(pool.drain());
  });

  both("a run that is given up takes its job back, wherever it is", function* (t) {
    const pool = new WorkerPool(hanging, { workers: 1, queue: 1 });
    const quit = chan<void>();
    const all = [1, 2, 3].map((n) => t.perform(select({ done: pool.run(n), quit: quit.recv() })));
    yield* t.on(sleep(1));
    expect([pool.running, pool.queued]).toEqual([1, 2]);
    quit.close();
    yield* t.on(pool.drain());
    expect(all.map(({ value }) => value?.case)).toEqual(["quit", "quit", "quit"]);
    expect([pool.running, pool.queued]).toEqual([0, 0]);
  });
});

describe("ending", () => {
  both("close and drain: what was submitted is done, more is refused", function* (t) {
    const done: number[] = [];
    const pool = new WorkerPool(
      function* (n: number) {
        yield* sleep(10);
        done.push(n);
      },
      { workers: 1, queue: 1 },
    );
    yield* t.on(pool.submit(1));
    yield* t.on(pool.submit(2));
    const waiting = t.perform(pool.submit(3));
    yield* t.settle();
    pool.close();
    pool.close();
    panics("SEND_ON_CLOSED", () => pool.trySubmit(4));
    yield* t.on(pool.drain());
    expect([waiting.done, done]).toEqual([true, [1, 2, 3]]);
    yield* t.on(pool.drain());
  });

  both("drain waits for all and closes nothing", function* (t) {
    const pool = new WorkerPool(lasting, { workers: 1 });
    yield* t.on(pool.drain());
    yield* t.on(pool.submit(5));
    yield* t.on(pool.drain());
    expect(yield* t.on(pool.run(1))).toBe(1);
    const s = yield* t.on(select({ drained: pool.drain(), default: true }));
    expect(s.case).toBe("drained");
  });

  both("stop drops what waits and cancels what runs", function* (t) {
    const pool = new WorkerPool(hanging, { workers: 1, queue: 1 });
    const enough = new Error("enough");
    const [running, queued] = [yield* t.on(pool.submit(1)), yield* t.on(pool.submit(2))];
    const submitting = t.perform(pool.submit(3));
    const ran = t.perform(pool.run(4));
    yield* t.settle();
    pool.stop(enough);
    pool.stop();
    yield* t.on(pool.drain());
    yield* t.on(ran.g.join());
    yield* t.on(submitting.g.join());
    const errors = [submitting.error, ran.error];
    for (const job of [running, queued]) errors.push(yield* failure(t, job.join()));
    expect(errors).toEqual([enough, enough, enough, enough]);
    expect(yield* failure(t, pool.submit(5))).toBe(enough);
  });

  both("disposing stops it", function* (t) {
    let job: Job<void>;
    {
      using pool = new WorkerPool(hanging);
      job = yield* t.on(pool.submit(1));
    }
    expect(yield* failure(t, job.join())).toBe(Canceled);
  });

  both("a context that is done stops it", function* (t) {
    const [ctx, cancel] = withCancel(background());
    const pool = new WorkerPool(hanging, { workers: 1, ctx });
    const [running, queued] = [yield* t.on(pool.submit(1)), yield* t.on(pool.submit(2))];
    cancel();
    expect(yield* failure(t, running.join())).toBe(Canceled);
    expect(yield* failure(t, queued.join())).toBe(Canceled);
    expect(yield* failure(t, pool.run(1))).toBe(Canceled);
    yield* t.on(pool.drain());
  });

  both("a pool that is forgotten leaves nothing", function* (t) {
    const pool = new WorkerPool(lasting, { workers: 4 });
    yield* t.on(pool.run(1));
    yield* t.settle();
  });
});

both("tells how far it is", function* (t) {
  const seen: Progress[] = [];
  const pool = new WorkerPool(lasting, { workers: 1, progress: (p) => void seen.push(p) });
  yield* t.on(pool.submit(1));
  yield* t.on(pool.submit(1));
  yield* t.on(pool.drain());
  expect(seen).toEqual([
    { started: 1, done: 1, failed: 0, total: 2 },
    { started: 2, done: 2, failed: 0, total: 2 },
  ]);
});

test("its types are those of the function, and can be written down", () =>
  virtual(function* () {
    const pool: WorkerPool<string, number> = new WorkerPool(async (s: string) => s.length);
    const also: WorkerPool<string, number> = new WorkerPool(function* (s: string) {
      yield* sleep(1);
      return s.length;
    });
    const n: number = yield* pool.run("ab");
    const job: Job<number> = yield* also.submit("abc");
    expect([n, yield* job.join()]).toEqual([2, 3]);
  }));

test("refuses what is not as it should be", () => {
  panics("NIL_FUNCTION", () => new WorkerPool(undefined as never));
  expect(() => new WorkerPool(lasting, { workers: 0 })).toThrow(/^new WorkerPool: workers: /);
  expect(() => new WorkerPool(lasting, { queue: 0.5 })).toThrow(/^new WorkerPool: queue: /);
});

type Step = { readonly kind: "run" | "submit" | "try" | "cancel" | "sleep"; readonly n: number };

test("for any program: all jobs end, in order of submission on one worker, within the bounds", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record<Step>({ kind: fc.constantFrom("run", "submit", "try", "cancel", "sleep"), n: fc.nat(5) }), {
        maxLength: 30,
      }),
      fc.record({ workers: fc.integer({ min: 1, max: 3 }), queue: fc.nat(3) }),
      (program, { workers, queue }) =>
        virtual(
          function* () {
            let active = 0;
            const began: number[] = [];
            const jobs: Job<number>[] = [];
            const pool = new WorkerPool(
              function* (ms: number, ctx: Context, id: number) {
                began.push(id);
                expect(++active).toBeLessThanOrEqual(workers);
                try {
                  if ((yield* select([sleep(ms), ctx.done().recv()])).index === 1) throw ctx.err();
                } finally {
                  active--;
                }
                return id;
              },
              { workers, queue },
            );
            for (const { kind, n } of program) {
              if (kind === "run") yield* select([pool.run(n), sleep(2)]);
              else if (kind === "submit") {
                const s = yield* select([pool.submit(n), sleep(2)]);
                if (s.index === 0) jobs.push(s.value);
              } else if (kind === "try") {
                const job = pool.trySubmit(n);
                if (job !== undefined) jobs.push(job);
              } else if (kind === "cancel") jobs[n]?.cancel();
              else yield* sleep(n);
              expect(pool.running + pool.queued).toBeLessThanOrEqual(workers + queue);
            }
            pool.close();
            yield* pool.drain();
            expect([active, pool.running, pool.queued]).toEqual([0, 0, 0]);
            expect(began).toEqual([...began].sort((a, b) => a - b));
            for (const job of jobs) expect(job.state === "done" || job.state === "failed").toBe(true);
          },
          { leaks: true },
        ),
    ),
    { numRuns: 200 },
  ));
