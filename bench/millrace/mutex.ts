/** A lock that is free each time, and one that a hundred goroutines want and that is held over a switch. */
import { type Go, go, run, runtime } from "millrace";
import { Mutex } from "millrace/sync";
import { check, LOCKERS } from "../program.ts";

/** Nobody else wants the lock: no goroutine ever waits. */
export function uncontended(n: number): Promise<void> {
  return run(function* () {
    const mu = new Mutex();
    let count = 0;
    for (let i = 0; i < n; i++) {
      yield* mu.lock();
      count++;
      mu.unlock();
    }
    check(count, n);
  });
}

export function uncontendedAwait(n: number): Promise<void> {
  return run(async () => {
    const mu = new Mutex();
    let count = 0;
    for (let i = 0; i < n; i++) {
      await mu.lock();
      count++;
      mu.unlock();
    }
    check(count, n);
  });
}

function* locker(mu: Mutex, n: number, add: () => void): Go {
  for (let i = 0; i < n; i++) {
    yield* mu.lock();
    yield* runtime.gosched();
    add();
    mu.unlock();
  }
}

/** Whoever has the lock lets all others run, so each of them waits in line for it every time. */
export function contended(n: number): Promise<void> {
  return run(function* () {
    const mu = new Mutex();
    let count = 0;
    const lockers = Array.from({ length: LOCKERS }, () =>
      go(locker, mu, n / LOCKERS, () => {
        count++;
      }),
    );
    for (const g of lockers) yield* g.join();
    check(count, n);
  });
}

async function asyncLocker(mu: Mutex, n: number, add: () => void): Promise<void> {
  for (let i = 0; i < n; i++) {
    await mu.lock();
    await Promise.resolve(); // as the packages do
    add();
    mu.unlock();
  }
}

export function contendedAwait(n: number): Promise<void> {
  return run(async () => {
    const mu = new Mutex();
    let count = 0;
    const lockers = Array.from({ length: LOCKERS }, () =>
      go(asyncLocker, mu, n / LOCKERS, () => {
        count++;
      }),
    );
    for (const g of lockers) await g.join();
    check(count, n);
  });
}
