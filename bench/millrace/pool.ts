/** Ten workers and jobs that do nothing: what a pool costs for each. */
import { go, run } from "millrace";
import { type Job, mapConcurrent, WorkerPool } from "millrace/patterns";
import { check, sumTo, WORKERS } from "../program.ts";

function* oneTo(n: number): Generator<number, void> {
  for (let i = 1; i <= n; i++) yield i;
}

function add(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** The job is a goroutine's. */
export function mapGenerators(n: number): Promise<void> {
  return run(function* () {
    const results = yield* mapConcurrent(
      oneTo(n),
      function* (i) {
        return i;
      },
      { workers: WORKERS },
    );
    check(add(results), sumTo(n));
  });
}

/** The job is an async function, as it has to be for the packages. */
export async function mapAsync(n: number): Promise<void> {
  const results = await mapConcurrent(oneTo(n), async (i) => i, { workers: WORKERS });
  check(add(results), sumTo(n));
}

function* same(i: number): Generator<never, number> {
  return i;
}

/** All jobs are submitted to a pool that lives on, then joined one by one. */
export function poolSubmit(n: number): Promise<void> {
  return run(function* () {
    const pool = new WorkerPool(same, { workers: WORKERS, queue: n });
    const jobs: Job<number>[] = [];
    for (let i = 1; i <= n; i++) jobs.push(yield* pool.submit(i));
    const results: number[] = [];
    for (const job of jobs) results.push(yield* job.join());
    check(add(results), sumTo(n));
  });
}

/** A goroutine for each job waits for a worker and for the result: what the program in Go does. */
export function poolGo(n: number): Promise<void> {
  return run(function* () {
    const pool = new WorkerPool(same, { workers: WORKERS });
    const results: number[] = new Array(n).fill(0);
    function* one(i: number) {
      results[i] = yield* pool.run(i + 1);
    }
    const all = Array.from({ length: n }, (_, i) => go(one, i));
    for (const g of all) yield* g.join();
    check(add(results), sumTo(n));
  });
}

/** The same, awaited. */
export async function poolRun(n: number): Promise<void> {
  const pool = new WorkerPool(async (i: number) => i, { workers: WORKERS });
  const results: PromiseLike<number>[] = [];
  for (let i = 1; i <= n; i++) results.push(pool.run(i));
  check(add(await Promise.all(results)), sumTo(n));
}
