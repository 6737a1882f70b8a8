/** A round trip with nothing but two words of shared memory; both threads block. */
import { Worker } from "node:worker_threads";
import { check, type Programs, sumTo } from "../program.ts";

/** What goes there, and what comes back. */
let words: Int32Array | undefined;

function start(): Int32Array {
  const words = new Int32Array(new SharedArrayBuffer(8));
  new Worker(new URL("atomics-worker.mjs", import.meta.url), { workerData: words });
  return words;
}

let last = 0;

const programs: Programs = {
  async "round-trip"(n) {
    words ??= start();
    let sum = 0;
    for (let i = 1; i <= n; i++) {
      const value = ++last;
      Atomics.store(words, 0, value);
      Atomics.notify(words, 0);
      Atomics.wait(words, 1, value - 1);
      sum += Atomics.load(words, 1) - (last - i);
    }
    check(sum, sumTo(n));
  },
};

export default programs;
