/** What locks tell the listener of the runtime's events: who takes which lock, and who gives it up. */
import { chan, go, listen, type RuntimeEvent, run, runtime, select } from "millrace";
import { Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { expect, test } from "vitest";

/** The events of locks, as "goroutine lock" and "goroutine unlock", while `fn` runs. */
async function told(fn: () => unknown): Promise<string[]> {
  const events: string[] = [];
  const locks = new Map<string, string>();
  const stop = listen((event: RuntimeEvent) => {
    if (event.kind !== "lock" && event.kind !== "unlock") return;
    if (!locks.has(event.lock)) locks.set(event.lock, String.fromCharCode(97 + locks.size));
    events.push(`${event.g} ${event.kind} ${locks.get(event.lock)}`);
  });
  try {
    await run(fn);
  } finally {
    stop();
  }
  return events;
}

test("a mutex: taken, handed over, taken by a select, freed", async () => {
  const events = await told(function* () {
    const [a, b] = [new Mutex(), new Mutex()];
    yield* a.lock();
    b.tryLock();
    go(function* () {
      const held = yield* a.lock();
      held[Symbol.dispose]();
    });
    const g = go(function* () {
      yield* select([a.lock(), chan().recv()]);
      a.unlock();
    });
    yield* runtime.gosched();
    a.unlock();
    yield* g.join();
  });
  expect(events).toEqual(["1 lock a", "1 lock b", "1 unlock a", "2 lock a", "2 unlock a", "3 lock a", "3 unlock a"]);
});

test("readers, semaphores and wait groups", async () => {
  const events = await told(function* () {
    const mu = new RWMutex();
    const share = yield* mu.rLock();
    share[Symbol.dispose]();
    const sem = new Semaphore(1);
    yield* sem.acquire();
    sem.release();
    const wg = new WaitGroup();
    wg.go(() => {});
    yield* wg.wait();
  });
  expect(events).toEqual(["1 lock a", "1 unlock a", "1 lock b", "1 unlock b", "2 unlock c", "1 lock c"]);
});
