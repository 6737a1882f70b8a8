/** A semaphore whose size is changed: only one of one thread can. */
import { select } from "millrace";
import { Semaphore } from "millrace/sync";
import { after as within } from "millrace/time";
import { describe, expect } from "vitest";
import { both } from "../kit/both.ts";

describe("a size that changes", () => {
  both("more of it serves those who wait, in order", function* (t) {
    const sem = new Semaphore(1);
    yield* t.on(sem.acquire());
    const all = [2, 1, 1].map((n) => t.perform(sem.acquire(n)));
    yield* t.settle();
    sem.size = 4;
    yield* t.settle();
    // The first asked for more than there was, and so stood apart.
    expect(all.map(({ done }) => done)).toEqual([false, true, true]);
    expect([sem.size, sem.available]).toEqual([4, 1]);
    sem.release(1);
    yield* t.on(all[0]?.g.join() as never);
    expect(sem.available).toBe(0);
  });

  both("less of it takes nothing away, and lets nobody in until enough is released", function* (t) {
    const sem = new Semaphore(3);
    yield* t.on(sem.acquire(3));
    sem.size = 1;
    expect([sem.size, sem.available, sem.tryAcquire()]).toEqual([1, 0, false]);
    const waiting = t.perform(sem.acquire());
    yield* t.settle();
    sem.release(2);
    yield* t.settle();
    expect(waiting.done).toBe(false);
    sem.release(1);
    yield* t.on(waiting.g.join());
    expect(sem.available).toBe(0);
  });

  both("one who asks for more than it has become holds up nobody", function* (t) {
    const sem = new Semaphore(3);
    yield* t.on(sem.acquire(2));
    const large = t.perform(select({ large: sem.acquire(3), late: within(50).recv() }));
    const small = t.perform(sem.acquire(1));
    yield* t.settle();
    expect(small.done).toBe(false);
    sem.size = 2;
    sem.release(1);
    yield* t.settle();
    expect(small.done).toBe(true);
    yield* t.on(large.g.join());
    expect(large.value?.case).toBe("late");
    sem.size = 3;
    sem.release(2);
    expect(sem.tryAcquire(3)).toBe(true); // nothing is left of the one that gave up
    expect(() => {
      sem.size = 1.5;
    }).toThrow("Semaphore.size: expected a whole number from 0 up, got 1.5");
  });
});
