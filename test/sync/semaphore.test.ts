/** The documentation of golang.org/x/sync/semaphore, sentence by sentence, and what this library adds to it. */
import { chan, go, run, runtime, select } from "millrace";
import { Semaphore } from "millrace/sync";
import { describe, expect, test } from "vitest";
import { both } from "../kit/both.ts";
import { panics } from "../kit/panics.ts";
import { deadlock } from "../kit/virtual.ts";

both("acquire blocks until the weight is free", function* (t) {
  const sem = new Semaphore(3);
  expect(sem.size).toBe(3);
  yield* t.on(sem.acquire(2));
  const second = t.perform(sem.acquire(2));
  yield* t.settle();
  expect(second.done).toBe(false);
  sem.release(1);
  yield* t.settle();
  expect(second.done).toBe(true);
});

both("acquire takes 1 by default, and so does release", function* (t) {
  const sem = new Semaphore(2);
  yield* t.on(sem.acquire());
  expect(sem.tryAcquire(2)).toBe(false);
  sem.release();
  expect(sem.tryAcquire(2)).toBe(true);
});

both("tryAcquire says whether it acquired, and takes nothing on failure", function* (t) {
  const sem = new Semaphore(2);
  expect(sem.tryAcquire()).toBe(true);
  expect(sem.tryAcquire(2)).toBe(false);
  expect(sem.tryAcquire()).toBe(true);
  expect(sem.tryAcquire(0)).toBe(true);
  yield* t.settle();
});

both("a large request is not starved by small ones", function* (t) {
  const sem = new Semaphore(3);
  yield* t.on(sem.acquire(1));
  const large = t.perform(sem.acquire(3));
  yield* t.settle();
  const small = t.perform(sem.acquire(1));
  yield* t.settle();
  expect([large.done, small.done, sem.tryAcquire(1)]).toEqual([false, false, false]);
  sem.release(1);
  yield* t.settle();
  expect([large.done, small.done]).toEqual([true, false]);
  sem.release(3);
  yield* t.settle();
  expect(small.done).toBe(true);
});

both("whoever comes after one whose select is done gets no more than there is", function* (t) {
  const sem = new Semaphore(4);
  yield* t.on(sem.acquire(4));
  const twice = t.perform(select({ a: sem.acquire(1), b: sem.acquire(1) }));
  const large = t.perform(sem.acquire(3));
  yield* t.settle();
  sem.release(3); // of which `twice` gets 1, once
  yield* t.settle();
  expect([twice.done, large.done]).toEqual([true, false]);
  sem.release(1);
  yield* t.settle();
  expect(large.done).toBe(true);
});

both("a request that can never be met waits without keeping others waiting", function* (t) {
  const sem = new Semaphore(1);
  const quit = chan<void>();
  const doomed = t.perform(select({ got: sem.acquire(2), quit: quit.recv() }));
  yield* t.settle();
  yield* t.on(sem.acquire());
  sem.release();
  expect(doomed.done).toBe(false);
  quit.close();
  yield* t.settle();
  expect(doomed.value?.case).toBe("quit");
});

both("disposing releases what was acquired, once", function* (t) {
  const sem = new Semaphore(3);
  const held = yield* t.on(sem.acquire(2));
  yield* t.on(sem.acquire(1));
  held[Symbol.dispose]();
  held[Symbol.dispose]();
  expect(sem.tryAcquire(3)).toBe(false);
  expect(sem.tryAcquire(2)).toBe(true);
});

both("a waiter that gives up lets in those behind it", function* (t) {
  const sem = new Semaphore(2);
  const quit = chan<void>();
  yield* t.on(sem.acquire(1));
  const large = t.perform(select({ got: sem.acquire(2), quit: quit.recv() }));
  yield* t.settle();
  const small = t.perform(sem.acquire(1));
  yield* t.settle();
  expect(small.done).toBe(false);
  quit.close();
  yield* t.settle();
  expect([large.value?.case, small.done]).toEqual(["quit", true]);
});

both("bounds how many are inside", function* (t) {
  const sem = new Semaphore(3);
  let inside = 0;
  let most = 0;
  const all = Array.from({ length: 20 }, () =>
    t.go(function* () {
      const held = yield* t.on(sem.acquire());
      most = Math.max(most, ++inside);
      yield* t.on(runtime.gosched());
      inside--;
      held[Symbol.dispose]();
    }),
  );
  for (const g of all) yield* t.on(g.join());
  expect(most).toBe(3);
});

test("releasing more than is held panics", () => {
  const sem = new Semaphore(2);
  panics("SEMAPHORE_RELEASE", () => sem.release());
  sem.tryAcquire(2);
  panics("SEMAPHORE_RELEASE", () => sem.release(3));
  sem.release(2);
});

describe("refuses what is no weight", () => {
  for (const n of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "1"]) {
    test(String(n), () => {
      const sem = new Semaphore(1);
      const what = /expected a whole number from 0 (up|to \d+), got /;
      expect(() => new Semaphore(n as number)).toThrow(what);
      expect(() => sem.acquire(n as number)).toThrow(what);
      expect(() => sem.tryAcquire(n as number)).toThrow(what);
      expect(() => sem.release(n as number)).toThrow(what);
    });
  }
});

test("a finished run leaves the queue, and nothing is given to its goroutines", () =>
  run(async () => {
    const sem = new Semaphore(2);
    await sem.acquire();
    await run(function* () {
      go(() => sem.acquire(2));
      go(() => sem.acquire(1));
      go(() => select([sem.acquire(1)]));
      yield* runtime.gosched();
    });
    expect(sem.tryAcquire(1)).toBe(true);
    sem.release(2);
    expect(sem.tryAcquire(2)).toBe(true);
  }));

test("a deadlock says semacquire", async () => {
  const error = await deadlock(function* main() {
    yield* new Semaphore(0).acquire();
  });
  expect(error.goroutines.map(({ reason }) => reason)).toEqual(["semacquire"]);
});
