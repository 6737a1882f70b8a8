/** What can be done to a `WorkerPool` while it runs, each with each, under every schedule; with a resize, under many. */
import { type Go, go, runtime } from "millrace";
import { Canceled } from "millrace/context";
import { type Job, WorkerPool } from "millrace/patterns";
import { explore } from "millrace/testing";
import { expect, test } from "vitest";

type Pool = WorkerPool<number, number>;

type Act = (pool: Pool, jobs: readonly Job<number>[]) => Go;

const acts: Readonly<Record<string, Act>> = {
  *"pause and resume"(pool) {
    pool.pause();
    const before = pool.running;
    yield* runtime.gosched();
    if (pool.paused && pool.running > before) throw new Error("a job began while the pool was paused");
    pool.resume();
  },
  *clear(pool) {
    yield* runtime.gosched();
    pool.clear();
    if (pool.queued !== 0) throw new Error(`${pool.queued} wait after clear`);
  },
  *"resize up and down"(pool) {
    pool.workers = 2;
    yield* runtime.gosched();
    pool.workers = 1;
  },
  *"change a priority"(_, [, last]) {
    yield* runtime.gosched();
    last?.setPriority(1);
  },
  *"cancel a job"(_, [, last]) {
    yield* runtime.gosched();
    last?.cancel();
  },
  *"submit more"(pool) {
    try {
      const result = yield* pool.run(3, { priority: 2 });
      if (result !== 3) throw new Error(`the third job gave ${result}`);
    } catch (error) {
      if (error !== Canceled) throw error;
    }
  },
};

const names = Object.keys(acts);
const pairs = names.flatMap((one, i) => names.slice(i).map((other) => [one, other] as const));

test.each(pairs)("%s, and %s", async (...pair) => {
  // With two workers at once there are too many schedules to try all.
  const large = pair.includes("resize up and down");
  const result = await explore(
    function* () {
      let active = 0;
      const pool: Pool = new WorkerPool(
        function* (n: number): Go<number> {
          if (++active > 2) throw new Error("too many at once");
          yield* runtime.gosched();
          active--;
          return n;
        },
        { workers: 1, queue: 2 },
      );
      const jobs = [1, 2].map((n) => pool.trySubmit(n) as Job<number>);
      const [one, other] = pair.map((name) => acts[name]) as [Act, Act];
      const actor = go(other, pool, jobs);
      yield* one(pool, jobs);
      yield* actor.join();
      yield* pool.idle();
      for (const [i, job] of jobs.entries()) {
        try {
          const result = yield* job.join();
          if (result !== i + 1) throw new Error(`job ${i + 1} gave ${result}`);
        } catch (error) {
          // A job that ran to its end has its result, also when it was cancelled meanwhile.
          if (error !== Canceled || job.state !== "failed") throw error;
        }
      }
      const left = [pool.running, pool.queued, active];
      if (left.some((n) => n !== 0)) throw new Error(`left: running, queued, active ${left}`);
    },
    large ? { strategy: "random", runs: 2_000, seed: 1 } : { strategy: "exhaustive", runs: 30_000 },
  );
  expect(result.complete).toBe(!large);
});
