/** Pools whose jobs run on other threads: results, errors and cancelling are as on one. */

import { isMainThread } from "node:worker_threads";
import { main } from "millrace";
import { type Context, cause } from "millrace/context";
import { mapConcurrent, WorkerPool } from "millrace/patterns";
import { parallel } from "millrace/threads";

class Odd extends Error {
  override name = "Odd";
  value = 0;
}

const half = parallel(import.meta, "half", async (n: number) => {
  if (n % 2 === 1) throw Object.assign(new Odd(`${n} is odd`), { value: n });
  return { n: n / 2, away: !isMainThread };
});

const wait = parallel(import.meta, "wait", function* (_n: number, ctx: Context) {
  yield* ctx.done().recv();
  return cause(ctx);
});

const inline = parallel(import.meta, "inline", (n: number) => n * n);

main(function* () {
  const pool = new WorkerPool(half, { workers: 3 });
  const eight = yield* pool.run(8);
  console.log(eight.n, eight.away);
  const odd = yield* pool.submit(7);
  try {
    yield* odd.join();
  } catch (error) {
    const { name, message, value } = error as Odd;
    console.log(name, message, value, error instanceof Error);
  }
  const jobs = [];
  for (let i = 0; i < 100; i++) jobs.push(yield* pool.submit(2 * i));
  let sum = 0;
  for (const job of jobs) sum += (yield* job.join()).n;
  console.log(sum);

  const waiting = new WorkerPool(wait);
  const job = yield* waiting.submit(1);
  waiting.stop(new RangeError("enough"));
  try {
    console.log(yield* job.join());
  } catch (error) {
    console.log(String(error));
  }
  console.log(yield* mapConcurrent([1, 2, 3], inline));
});
