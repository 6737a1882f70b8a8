/** Ten workers and jobs that do nothing: what a pool costs for each. */
import { run } from "millrace";
import { mapConcurrent, WorkerPool } from "millrace/patterns";
import { check, sumTo, WORKERS } from "./program.ts";

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

/** Jobs are submitted one by one to a pool that lives on. */
export async function poolRun(n: number): Promise<void> {
  const pool = new WorkerPool(async (i: number) => i, { workers: WORKERS });
  const results: PromiseLike<number>[] = [];
  for (let i = 1; i <= n; i++) results.push(pool.run(i));
  check(add(await Promise.all(results)), sumTo(n));
}
