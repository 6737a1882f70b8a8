/** Go's documentation of `sync.WaitGroup`, for the one between threads, here used by one. */
import { chan, go, Panic, run, runtime, select } from "millrace";
import { SharedWaitGroup } from "millrace/threads";
import { expect, test } from "vitest";
import { both } from "../kit/both.ts";
import { thrown } from "../kit/thrown.ts";
import { deadlock } from "../kit/virtual.ts";

both("wait blocks until the counter is zero, and then lets everybody through", function* (t) {
  const wg = new SharedWaitGroup();
  yield* t.on(wg.wait());
  wg.add(2);
  const waits = [t.perform(wg.wait()), t.perform(wg.wait())];
  yield* t.settle();
  wg.done();
  yield* t.settle();
  expect(waits.map(({ done }) => done)).toEqual([false, false]);
  wg.add(-1);
  yield* t.settle();
  expect(waits.map(({ done }) => done)).toEqual([true, true]);
});

both("it is a case of a select, which leaves nothing when it loses", function* (t) {
  const wg = new SharedWaitGroup();
  const ch = chan<number>();
  wg.add(1);
  const first = t.perform(select({ all: wg.wait(), v: ch.recv() }));
  yield* t.settle();
  yield* t.on(ch.send(1));
  const second = t.perform(select({ all: wg.wait(), v: ch.recv() }));
  yield* t.settle();
  wg.done();
  yield* t.settle();
  expect([first.value?.case, second.value?.case]).toEqual(["v", "all"]);
  expect(ch.trySend(2)).toBe(false);
});

test("go counts the goroutine until it ends, also by goexit, and at once if it has", () =>
  run(function* () {
    const wg = new SharedWaitGroup();
    const seen: string[] = [];
    wg.go(function* () {
      yield* runtime.gosched();
      seen.push("generator");
    });
    wg.go(async () => void seen.push("async"));
    wg.go((name: string) => void seen.push(name), "plain");
    wg.go(function* () {
      yield* runtime.goexit();
    });
    yield* wg.wait();
    expect(seen.sort()).toEqual(["async", "generator", "plain"]);
    expect(() => wg.go(null as never)).toThrow("go of nil func value");
    yield* wg.wait();
  }));

test("misuse: a negative counter, no whole number, a name that is none", () => {
  const error = thrown(() => new SharedWaitGroup().done()) as Panic;
  expect(error).toBeInstanceOf(Panic);
  expect([error.code, error.message]).toEqual(["NEGATIVE_WAITGROUP", "sync: negative WaitGroup counter"]);
  const negative = new SharedWaitGroup();
  for (let i = 0; i < 2; i++) expect(() => negative.done()).toThrow("sync: negative WaitGroup counter");
  expect(() => negative.add(1)).toThrow("sync: negative WaitGroup counter"); // it stays negative, as in Go
  negative.add(1);
  for (const delta of [0.5, Number.NaN, "1"]) {
    expect(() => new SharedWaitGroup().add(delta as number)).toThrow(/expected a whole number, got /);
  }
  expect(() => new SharedWaitGroup().add(2 ** 31)).toThrow("expected a counter up to 2147483647, got 2147483648");
  expect(() => new SharedWaitGroup({ name: 1 as never })).toThrow("name: expected a string, got 1");
});

test("a deadlock says sync.WaitGroup.Wait", async () => {
  const error = await deadlock(function* main() {
    const wg = new SharedWaitGroup();
    wg.add(1);
    go(() => wg.wait());
    yield* wg.wait();
  });
  expect(error.goroutines.map(({ reason }) => reason)).toEqual(["sync.WaitGroup.Wait", "sync.WaitGroup.Wait"]);
});
