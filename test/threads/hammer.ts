/** A thread that does nothing but take and give, in no time, until it is killed: most of the time it is inside a lock. */
import { parentPort, workerData } from "node:worker_threads";
import type { SharedChan, SharedMutex, SharedSemaphore, SharedWaitGroup } from "../../src/threads/index.ts";
import { take } from "../../src/threads/values/slot.ts";
import "./child.ts";
import "../../src/threads/shared/chan.ts";
import "../../src/threads/shared/mutex.ts";
import "../../src/threads/shared/semaphore.ts";
import "../../src/threads/shared/waitgroup.ts";

export interface Struck {
  readonly ch: SharedChan<unknown>;
  readonly mu: SharedMutex;
  readonly sem: SharedSemaphore;
  readonly wg: SharedWaitGroup;
}

const { ch, mu, sem, wg } = take((workerData as { slot: number }).slot) as Struck;
const many = [1, "a value with a block of its own, which is longer than a slot", 3, { x: [4] }];

parentPort?.postMessage("ready");
for (let i = 0; ; i++) {
  ch.trySend(many[i & 3]);
  ch.trySendMany(many);
  ch.tryRecv();
  ch.tryRecvMany(3);
  if (mu.tryLock()) mu.unlock();
  if (sem.tryAcquire(2)) sem.release(2);
  wg.add(1);
  wg.done();
}
