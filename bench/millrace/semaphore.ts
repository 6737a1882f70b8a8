/** A hundred goroutines and ten places, each held over a switch: most of them wait in line each time. */
import { type Go, go, run, runtime } from "millrace";
import { Semaphore } from "millrace/sync";
import { CROWD, check, PLACES } from "../program.ts";

function* visitor(sem: Semaphore, n: number, add: () => void): Go {
  for (let i = 0; i < n; i++) {
    yield* sem.acquire();
    yield* runtime.gosched();
    add();
    sem.release();
  }
}

export function semaphore(n: number): Promise<void> {
  return run(function* () {
    const sem = new Semaphore(PLACES);
    let count = 0;
    const visitors = Array.from({ length: CROWD }, () =>
      go(visitor, sem, n / CROWD, () => {
        count++;
      }),
    );
    for (const g of visitors) yield* g.join();
    check(count, n);
  });
}

async function asyncVisitor(sem: Semaphore, n: number, add: () => void): Promise<void> {
  for (let i = 0; i < n; i++) {
    await sem.acquire();
    await Promise.resolve(); // as the packages do
    add();
    sem.release();
  }
}

export function semaphoreAwait(n: number): Promise<void> {
  return run(async () => {
    const sem = new Semaphore(PLACES);
    let count = 0;
    const visitors = Array.from({ length: CROWD }, () =>
      go(asyncVisitor, sem, n / CROWD, () => {
        count++;
      }),
    );
    for (const g of visitors) await g.join();
    check(count, n);
  });
}
