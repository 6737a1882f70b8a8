/** The programs about locks for packages whose locks are taken with promises. */
import { CROWD, check, LOCKERS, type LockName, PLACES, type Program } from "../program.ts";

/** A lock with some places; what `acquire` gives is called to leave. */
export interface Lock {
  acquire(): PromiseLike<() => void> | (() => void);
}

/** Lets everything else run that is ready. */
const pause = (): Promise<void> => Promise.resolve();

async function visits(lock: Lock, visitors: number, n: number): Promise<void> {
  let count = 0;
  async function visitor(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const leave = await lock.acquire();
      await pause();
      count++;
      leave();
    }
  }
  await Promise.all(Array.from({ length: visitors }, () => visitor(n / visitors)));
  check(count, n);
}

export function lockPrograms(make: (places: number) => Lock): Record<LockName | "mutex-memory" | "semaphore", Program> {
  return {
    async mutex(n) {
      const lock = make(1);
      let count = 0;
      for (let i = 0; i < n; i++) {
        const leave = await lock.acquire();
        count++;
        leave();
      }
      check(count, n);
    },
    "mutex-contended": (n) => visits(make(1), LOCKERS, n),
    async "mutex-memory"(n, meter) {
      const all = new Array<Lock | null>(n).fill(null);
      meter.empty();
      for (let i = 0; i < n; i++) all[i] = make(1);
      meter.full();
      check(all.length, n);
    },
    semaphore: (n) => visits(make(PLACES), CROWD, n),
  };
}
