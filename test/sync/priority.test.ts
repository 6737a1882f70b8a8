/** Waiting for a lock or a semaphore with a priority. */
import { chan, go, type Op, run, select } from "millrace";
import { Mutex, Semaphore } from "millrace/sync";
import { explore } from "millrace/testing";
import { describe, expect, test } from "vitest";
import { both, type Kit } from "../kit/both.ts";

type Lock = (priority?: number) => Op<Disposable>;

/** Starts a waiter for each priority, whose number goes to `order` when it is served; then it lets the next one in. */
function waiters(t: Kit, lock: Lock, priorities: readonly (number | undefined)[], order: number[]): void {
  for (const [i, priority] of priorities.entries()) {
    t.go(function* () {
      const held = yield* t.on(lock(priority));
      order.push(i);
      held[Symbol.dispose]();
    });
  }
}

const kinds: readonly (readonly [string, () => Lock])[] = [
  [
    "Mutex.lock",
    () => {
      const mu = new Mutex();
      return (priority) => mu.lock({ priority });
    },
  ],
  [
    "Semaphore.acquire",
    () => {
      const sem = new Semaphore(3);
      return (priority) => sem.acquire(3, { priority });
    },
  ],
];

describe.each(kinds)("%s", (_, make) => {
  both("serves the highest priority first, and in order within one", function* (t) {
    const lock = make();
    const held = yield* t.on(lock());
    const order: number[] = [];
    waiters(t, lock, [0, 5, undefined, -1, 5, 2.5, Infinity, -1, 0], order);
    yield* t.settle();
    held[Symbol.dispose]();
    yield* t.settle();
    expect(order).toEqual([6, 1, 4, 5, 0, 2, 8, 3, 7]);
  });

  both("one that gives up leaves the others as they were", function* (t) {
    const lock = make();
    const held = yield* t.on(lock());
    const stop = chan<void>();
    const lost = [7, 0, -7].map((priority) => t.perform(select({ got: lock(priority), stop: stop.recv() })));
    const order: number[] = [];
    waiters(t, lock, [-7, 0, 7], order);
    yield* t.settle();
    stop.close();
    yield* t.settle();
    expect(lost.map(({ value }) => value?.case)).toEqual(["stop", "stop", "stop"]);
    held[Symbol.dispose]();
    yield* t.settle();
    expect(order).toEqual([2, 1, 0]);
    (yield* t.on(lock(1)))[Symbol.dispose](); // and it is free again
  });

  test("refuses what is not a priority", () => {
    const lock = make();
    expect(() => lock(Number.NaN)).toThrow("priority: expected a number, got NaN");
    expect(() => lock("high" as never)).toThrow('priority: expected a number, got "high"');
  });
});

both("withLock takes a priority", function* (t) {
  const mu = new Mutex();
  const held = yield* t.on(mu.lock());
  const order: string[] = [];
  for (const [name, priority] of [
    ["low", -1],
    ["usual", undefined],
    ["high", 1],
  ] as const) {
    t.go(function* () {
      yield* t.on(mu.withLock(() => order.push(name), { priority }));
    });
  }
  yield* t.settle();
  held[Symbol.dispose]();
  yield* t.settle();
  expect(order).toEqual(["high", "usual", "low"]);
  expect(() => mu.withLock(() => {}, 3 as never)).toThrow("Mutex.withLock: expected options like { priority }, got 3");
});

both("a small request of a higher priority passes a large one that waits, one of the same does not", function* (t) {
  const sem = new Semaphore(3);
  yield* t.on(sem.acquire(2));
  const large = t.perform(sem.acquire(3));
  yield* t.settle();
  const small = t.perform(sem.acquire(1));
  yield* t.settle();
  expect([large.done, small.done, sem.tryAcquire()]).toEqual([false, false, false]);
  const high = yield* t.on(sem.acquire(1, { priority: 1 }));
  expect(sem.available).toBe(0);
  high[Symbol.dispose]();
  sem.release(2);
  yield* t.settle();
  expect([large.done, small.done]).toEqual([true, false]);
  large.value?.[Symbol.dispose]();
  yield* t.settle();
  expect(small.done).toBe(true);
});

both("priorities outlive a change of the size", function* (t) {
  const sem = new Semaphore(1);
  yield* t.on(sem.acquire());
  const order: number[] = [];
  waiters(t, (priority) => sem.acquire(priority === 9 ? 3 : 1, { priority }), [0, 9, 1], order);
  yield* t.settle();
  sem.size = 3;
  yield* t.settle();
  expect(order).toEqual([]); // the first of them asks for all three
  sem.release();
  yield* t.settle();
  expect(order).toEqual([1, 2, 0]);
});

test("tryAcquire passes only those with a priority below 0", async () => {
  await run(function* () {
    const sem = new Semaphore(2);
    yield* sem.acquire();
    const low = go(function* () {
      yield* sem.acquire(2, { priority: -1 });
    });
    yield* sem.acquire(0, { priority: 0 });
    expect(sem.tryAcquire()).toBe(true);
    sem.release(2);
    yield* low.join();
  });
});

describe("under every schedule", () => {
  test("no waiter is lost, and nothing stays held", async () => {
    const result = await explore(
      function* () {
        const sem = new Semaphore(2);
        const stop = chan<void>(1);
        const all = [
          { n: 2, priority: 0 },
          { n: 1, priority: 1 },
          { n: 1, priority: 0 },
        ].map(({ n, priority }) =>
          go(function* () {
            const s = yield* select({ got: sem.acquire(n, { priority }), late: stop.recv() });
            if (s.case === "got") s.value[Symbol.dispose]();
          }),
        );
        yield* stop.send();
        const held = yield* sem.acquire(2);
        held[Symbol.dispose]();
        for (const g of all) yield* g.join();
        if (sem.available !== 2) throw new Error(`${sem.available} of 2 are free`);
      },
      { strategy: "exhaustive", runs: 200_000 },
    );
    expect(result.complete).toBe(true);
  });
});
