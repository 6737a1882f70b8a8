/** A select in the stepper, whatever its cases are: each says itself whether it is ready. */
import { chan, go, type Op, run, runtime, select } from "millrace";
import { mapConcurrent, WorkerPool } from "millrace/patterns";
import { ErrGroup, Limiter, Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { after, sleep } from "millrace/time";
import { expect, test } from "vitest";
import { isReady } from "../../src/inspector/stepper/choices.ts";
import type { Operation } from "../../src/runtime/op.ts";
import { held, toEnd } from "./stepper-kit.ts";

const double = function* (n: number) {
  return 2 * n;
};

const CASES: Readonly<Record<string, () => unknown>> = {
  "pool.run": () => new WorkerPool(double).run(1),
  "pool.submit": () => new WorkerPool(double).submit(1),
  "pool.drain": () => new WorkerPool(double).drain(),
  mapConcurrent: () => mapConcurrent([1, 2], double),
  "goroutine.join": () => go(function* () {}).join(),
  "mutex.lock": () => new Mutex().lock(),
  "rwmutex.rLock": () => new RWMutex().rLock(),
  "semaphore.acquire": () => new Semaphore(1).acquire(),
  "group.wait": () => new WaitGroup().wait(),
  "errgroup.wait": () => new ErrGroup().wait(),
  "limiter.wait": () => new Limiter(1, 1).wait(),
  sleep: () => sleep(1),
  select: () => select([chan().recv(), sleep(1)]),
};

test.each(Object.keys(CASES))("%s as a case", async (name) => {
  const { stepper } = await held((print) => () => {
    return (function* main() {
      const op = (CASES[name] as () => unknown)() as Op<unknown>;
      const s = yield* select({ op, late: after(10).recv() });
      print(s.case);
    })();
  });
  expect(await toEnd(stepper)).toMatchObject({ ended: "", output: "op\n" });
});

test("what is ready is known of locks, groups and joins without an attempt", () =>
  run(function* () {
    const ready = (op: Op<unknown>): boolean | undefined => isReady(op as Operation<unknown>);
    const [mu, rw, wg] = [new Mutex(), new RWMutex(), new WaitGroup()];
    const pool = new WorkerPool(double);
    const job = yield* pool.submit(1);
    const g = go(function* () {});
    expect([mu.lock(), rw.lock(), rw.rLock(), wg.wait()].map(ready)).toEqual([true, true, true, true]);
    expect([g.join(), job.join()].map(ready)).toEqual([false, false]);
    yield* mu.lock();
    yield* rw.rLock();
    wg.add(1);
    yield* g.join();
    yield* job.join();
    expect([mu.lock(), rw.lock(), rw.rLock(), wg.wait()].map(ready)).toEqual([false, false, true, false]);
    expect([g.join(), job.join()].map(ready)).toEqual([true, true]);
    expect(ready(pool.submit(2))).toBe(undefined);
    expect(ready(runtime.gosched())).toBe(undefined);
  }));
