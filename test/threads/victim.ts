/** A thread that waits on what it is given in every way, and holds what can be held, until it is killed. */
import { parentPort, workerData } from "node:worker_threads";
import { chan, go, select, wait } from "../../src/index.ts";
import type { SharedChan, SharedMutex, SharedSemaphore } from "../../src/threads/index.ts";
import { take } from "../../src/threads/values/slot.ts";
import { turns } from "../kit/turns.ts";
import "./child.ts";
import "../../src/threads/shared/chan.ts";
import "../../src/threads/shared/mutex.ts";
import "../../src/threads/shared/semaphore.ts";

interface Given {
  readonly ch: SharedChan<number>;
  readonly mu: SharedMutex;
  readonly sem: SharedSemaphore;
}

const { ch, mu, sem } = take((workerData as { slot: number }).slot) as Given;

go(function* () {
  yield* mu.lock();
  yield* sem.acquire(2);
  const never = chan<number>();
  for (let i = 0; i < 3; i++) go(() => ch.recv());
  for (let i = 0; i < 3; i++) go(() => select([ch.recv(), never.recv(), select([ch.recvOk()])]));
  go(() => sem.acquire(5));
  yield* wait(turns());
  parentPort?.postMessage("ready");
});
