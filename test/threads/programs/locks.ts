/** Locks, groups and semaphores on four threads: what they guard is counted without any other care. */
import { type Go, go, main, runtime, select } from "millrace";
import { parallel, SharedMutex, SharedSemaphore, SharedWaitGroup, sharedChan } from "millrace/threads";
import { after } from "millrace/time";

const ROUNDS = 500;

const count = parallel(import.meta, "count", function* (mu: SharedMutex, cells: Int32Array, wg: SharedWaitGroup): Go {
  for (let i = 0; i < ROUNDS; i++) {
    const held = i % 3 === 0 ? yield* takeWithin(mu) : yield* mu.lock();
    if (held === null) {
      i--;
      continue;
    }
    const was = cells[0] as number;
    if (i % 5 === 0) yield* runtime.gosched();
    cells[0] = was + 1;
    held[Symbol.dispose]();
  }
  wg.done();
});

/** Gives up now and then. */
function* takeWithin(mu: SharedMutex): Go<Disposable | null> {
  const s = yield* select({ held: mu.lock(), late: after(0.02).recv() });
  return s.case === "held" ? s.value : null;
}

const limited = parallel(
  import.meta,
  "limited",
  function* (sem: SharedSemaphore, cells: Int32Array, weight: number): Go<number> {
    let most = 0;
    for (let i = 0; i < ROUNDS; i++) {
      const held = yield* sem.acquire(weight);
      const now = Atomics.add(cells, 1, weight) + weight;
      if (now > most) most = now;
      if (i % 4 === 0) yield* runtime.gosched();
      Atomics.sub(cells, 1, weight);
      held[Symbol.dispose]();
    }
    return most;
  },
);

main(function* () {
  const cells = new Int32Array(new SharedArrayBuffer(16));
  const mu = new SharedMutex({ name: "cells" });
  const wg = new SharedWaitGroup();
  wg.add(4);
  for (let i = 0; i < 4; i++) go(count, mu, cells, wg);
  yield* wg.wait();
  console.log("mutex", cells[0] === 4 * ROUNDS, mu.tryLock());

  const sem = new SharedSemaphore(3);
  const all = [1, 2, 3, 1].map((weight) => go(limited, sem, cells, weight));
  let most = 0;
  for (const g of all) most = Math.max(most, yield* g.join());
  console.log("semaphore", most <= 3, sem.tryAcquire(3));

  // The same object arrives as the same, in and out of other values.
  const back = sharedChan<{ readonly mu: SharedMutex; readonly sem: SharedSemaphore }>(1);
  yield* back.send({ mu, sem });
  const got = yield* back.recv();
  console.log("same", got?.mu === mu, got?.sem === sem);
});
