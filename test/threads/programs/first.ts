import { threadId } from "node:worker_threads";
import { go, main, runtime } from "millrace";
import { parallel } from "millrace/threads";

const add = parallel(import.meta, "add", function* (a: number, b: number) {
  yield* runtime.gosched();
  return { sum: a + b, there: threadId > 0 };
});

main(function* () {
  const all = [];
  for (let i = 0; i < 100; i++) all.push(go(add, i, i));
  let sum = 0;
  let there = 0;
  for (const g of all) {
    const result = yield* g.join();
    sum += result.sum;
    if (result.there) there++;
  }
  console.log(sum, there);
});
