/** The other side of atomics.ts: answers each number with itself. */
import { workerData as words } from "node:worker_threads";

for (let last = 0; ; last++) {
  Atomics.wait(words, 0, last);
  Atomics.store(words, 1, last + 1);
  Atomics.notify(words, 1);
}
