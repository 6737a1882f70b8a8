/** What has to do with time: `batch`, `debounce`, `throttle`. */
import { type Chan, chan, select } from "millrace";
import { background, withCancel } from "millrace/context";
import { batch, debounce, throttle } from "millrace/patterns";
import { now, since, sleep, after as within } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both, type Kit } from "../kit/both.ts";
import { AsyncEndless, drain, failure, filled, receivers } from "../kit/streams.ts";
import type { Script } from "../kit/styles.ts";

/** Sends each value at its time, then closes at `end`. */
function timed<T>(t: Kit, events: readonly (readonly [at: number, value: T])[], end: number): Chan<T> {
  const ch = chan<T>();
  t.go(function* () {
    let at = 0;
    for (const [when, value] of events) {
      yield* t.on(sleep(when - at));
      at = when;
      yield* t.on(ch.send(value));
    }
    yield* t.on(sleep(end - at));
    ch.close();
  });
  return ch;
}

/** All values with the times at which they came. */
function* clocked<T>(t: Kit, ch: { recvOk(): ReturnType<Chan<T>["recvOk"]> }): Script<[number, T | undefined][]> {
  const start = now();
  const all: [number, T | undefined][] = [];
  for (;;) {
    const [value, ok] = yield* t.on(ch.recvOk());
    if (!ok) return [...all, [Math.round(since(start)), undefined]];
    all.push([Math.round(since(start)), value]);
  }
}

describe("batch", () => {
  both("gives full batches, and the rest at the end", function* (t) {
    expect(yield* drain(t, batch([1, 2, 3, 4, 5], 2))).toEqual([[1, 2], [3, 4], [5]]);
    expect(yield* drain(t, batch(filled([1, 2]), 2))).toEqual([[1, 2]]);
    expect(yield* drain(t, batch([], 2))).toEqual([]);
  });

  both("waits no longer than it is told, from the first value of a batch", function* (t) {
    const events = [5, 10, 20, 100, 101, 102, 103].map((at) => [at, at] as const);
    const out = batch(timed(t, events, 200), 3, { wait: 30 });
    expect(yield* clocked(t, out)).toEqual([
      [20, [5, 10, 20]],
      [102, [100, 101, 102]],
      [133, [103]],
      [200, undefined],
    ]);
  });

  both("without a time it waits for ever", function* (t) {
    const out = batch(timed(t, [[0, 1]], 500), 3);
    expect(yield* clocked(t, out)).toEqual([
      [500, [1]],
      [500, undefined],
    ]);
  });

  both("a batch that was begun and given up is given when it is due and asked for", function* (t) {
    const ch = chan<number>();
    const out = batch(ch, 3, { wait: 10 });
    const waiting = t.perform(select({ batch: out.recv(), late: within(5).recv() }));
    yield* t.on(ch.send(1));
    yield* t.on(waiting.g.join());
    expect(waiting.value?.case).toBe("late");
    expect(out.tryRecv()).toBe(undefined);
    yield* t.on(sleep(10));
    expect(out.tryRecv()).toEqual([[1], true]);
    out.stop();
  });

  both("when it is cancelled it gives what it has", function* (t) {
    const [ctx, cancel] = withCancel(background());
    const out = batch(filled([1, 2, 3], true), 2, { ctx });
    expect(yield* t.on(out.recv())).toEqual([1, 2]);
    const waiting = t.perform(out.recv());
    yield* t.on(sleep(1));
    cancel();
    yield* t.on(waiting.g.join());
    expect(waiting.value).toEqual([3]);
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
  });

  test("refuses a size that is none", () => {
    expect(() => batch([], 0)).toThrow("batch: size: expected a whole number from 1 up, got 0");
    expect(() => batch([], 1, { wait: -1 })).toThrow(
      "batch: wait: expected a duration in milliseconds from 0 up, got -1",
    );
  });
});

describe("debounce", () => {
  both("gives the latest once no other has come for a while", function* (t) {
    const events = [0, 5, 9, 50, 100, 105].map((at) => [at, at] as const);
    expect(yield* clocked(t, debounce(timed(t, events, 200), 10))).toEqual([
      [19, 9],
      [60, 50],
      [115, 105],
      [200, undefined],
    ]);
  });

  both("the end of the source makes the last value due", function* (t) {
    expect(yield* clocked(t, debounce(timed(t, [[0, "a"]], 3), 10))).toEqual([
      [3, "a"],
      [3, undefined],
    ]);
  });

  const at = (...times: number[]): (readonly [number, number])[] => times.map((time) => [time, time] as const);

  both("leading: the first after a quiet time at once, and the latest of the rest when it is quiet", function* (t) {
    const out = debounce(timed(t, at(0, 5, 9, 50, 100, 105), 200), 10, { leading: true });
    expect(yield* clocked(t, out)).toEqual([
      [0, 0],
      [19, 9],
      [50, 50], // alone: it is not given twice
      [100, 100],
      [115, 105],
      [200, undefined],
    ]);
  });

  both("leading without trailing drops the rest", function* (t) {
    const out = debounce(timed(t, at(0, 5, 14, 30), 200), 10, { leading: true, trailing: false });
    expect(yield* clocked(t, out)).toEqual([
      [0, 0],
      [30, 30],
      [200, undefined],
    ]);
  });

  both("maxWait: a source that is never quiet gives its latest that often", function* (t) {
    const busy = Array.from({ length: 20 }, (_, i) => i * 5);
    expect(yield* clocked(t, debounce(timed(t, at(...busy), 200), 10, { maxWait: 32 }))).toEqual([
      [32, 30],
      [67, 65], // the next after it came at 35
      [102, 95],
      [200, undefined],
    ]);
  });

  both("maxWait counts from the first value, also when none was received", function* (t) {
    const ch = chan<number>();
    const out = debounce(ch, 10, { maxWait: 25 });
    for (let i = 0; i < 6; i++) {
      yield* t.on(ch.send(i));
      expect(out.tryRecv()).toEqual(i === 5 ? [5, true] : undefined);
      yield* t.on(sleep(5));
    }
    out.stop();
  });

  both("flush gives what is kept now, cancel drops it", function* (t) {
    const ch = chan<number>();
    const out = debounce(ch, 10);
    out.flush(); // nothing is kept
    out.cancel();
    yield* t.on(ch.send(1));
    const waiting = t.perform(out.recv());
    yield* t.settle();
    const start = now();
    out.flush();
    yield* t.on(waiting.g.join());
    expect([waiting.value, since(start)]).toEqual([1, 0]);
    yield* t.on(ch.send(2));
    out.flush();
    yield* t.on(ch.send(3)); // what was flushed was not received, and gives way
    expect(out.tryRecv()).toBe(undefined);
    out.cancel();
    yield* t.on(sleep(50));
    expect(out.tryRecv()).toBe(undefined);
    yield* t.on(ch.send(4));
    ch.close();
    out.cancel();
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
  });

  both("cancel while somebody waits leaves them waiting, for the next", function* (t) {
    const ch = chan<number>();
    const out = debounce(ch, 10);
    const waiting = t.perform(out.recv());
    yield* t.on(ch.send(1));
    yield* t.on(sleep(5));
    out.cancel();
    yield* t.on(sleep(20));
    yield* t.on(ch.send(2));
    yield* t.on(waiting.g.join());
    expect(waiting.value).toBe(2);
    ch.close();
  });

  both("a value that nobody received in time gives way to a later one", function* (t) {
    const ch = chan<number>();
    const out = debounce(ch, 10);
    yield* t.on(ch.send(1));
    yield* t.on(sleep(50));
    yield* t.on(ch.send(2));
    yield* t.on(sleep(5));
    expect(out.tryRecv()).toBe(undefined);
    yield* t.on(sleep(5));
    expect(out.tryRecv()).toEqual([2, true]);
    ch.close();
  });

  both("an async iterable without end does not starve the timers", function* (t) {
    const source = new AsyncEndless();
    const out = debounce(source, 10);
    const s = yield* t.on(select({ value: out.recv(), late: within(50).recv() }));
    expect(s.case).toMatch(/value|late/);
    out.stop();
  });

  both("an iterable gives its values as they are asked for", function* (t) {
    expect(yield* clocked(t, debounce([1, 2], 10))).toEqual([
      [10, 1],
      [20, 2],
      [20, undefined],
    ]);
  });

  both("an error of the source is thrown, also when nobody received then", function* (t) {
    const boom = new Error("boom");
    const out = debounce(
      (async function* () {
        yield* [] as number[];
        throw boom;
      })(),
      10,
    );
    expect(yield* failure(t, out.recv())).toBe(boom);
  });

  test("refuses what is no duration", () => {
    expect(() => debounce([], -1)).toThrow("debounce: expected a duration in milliseconds from 0 up, got -1");
    expect(() => throttle([], "1" as never)).toThrow(
      'throttle: expected a duration in milliseconds from 0 up, got "1"',
    );
  });
});

describe("throttle", () => {
  const events = [0, 2, 4, 12, 30, 31].map((at) => [at, at] as const);

  both("gives the first at once, then the latest when the time is up", function* (t) {
    expect(yield* clocked(t, throttle(timed(t, events, 50), 10))).toEqual([
      [0, 0],
      [10, 4],
      [20, 12],
      [30, 30],
      [40, 31],
      [50, undefined],
    ]);
  });

  both("without trailing it drops what comes too early", function* (t) {
    expect(yield* clocked(t, throttle(timed(t, events, 50), 10, { trailing: false }))).toEqual([
      [0, 0],
      [12, 12],
      [30, 30],
      [50, undefined],
    ]);
  });

  both("the last value keeps its time when the source ends", function* (t) {
    const two = [
      [0, 1],
      [1, 2],
    ] as const;
    expect(yield* clocked(t, throttle(timed(t, two, 2), 10))).toEqual([
      [0, 1],
      [10, 2],
      [10, undefined],
    ]);
  });

  both("an iterable is spaced out", function* (t) {
    expect(yield* clocked(t, throttle([1, 2, 3], 10))).toEqual([
      [0, 1],
      [10, 2],
      [20, 3],
      [20, undefined],
    ]);
  });

  both("an async iterable without end gives the latest each time", function* (t) {
    const source = new AsyncEndless();
    const out = throttle(source, 10);
    expect(yield* t.on(out.recv())).toBe(0);
    const second = (yield* t.on(out.recv())) as number;
    expect(second).toBeGreaterThan(1);
    out.stop();
  });

  both("limit: that many in any window, at once if they come so", function* (t) {
    const out = throttle(timed(t, events, 50), 10, { limit: 2 });
    expect(yield* clocked(t, out)).toEqual([
      [0, 0],
      [2, 2],
      [10, 4],
      [12, 12],
      [30, 30],
      [31, 31],
      [50, undefined],
    ]);
  });

  test("refuses an option that is none", () => {
    expect(() => throttle([], 1, { limit: 0 })).toThrow("throttle: limit: expected a whole number from 1 up, got 0");
    expect(() => debounce([], 1, { leading: 1 as never })).toThrow("debounce: leading: expected true or false, got 1");
    expect(() => debounce([], 1, { maxWait: -1 })).toThrow(
      "debounce: maxWait: expected a duration in milliseconds from 0 up, got -1",
    );
    expect(() => debounce([], 1, { trailing: false })).toThrow("one of them must be true");
    expect(() => throttle([], 1, { trailing: 1 as never })).toThrow(
      "throttle: trailing: expected true or false, got 1",
    );
  });
});

describe.each([
  ["debounce", debounce],
  ["throttle", throttle],
] as const)("the context of %s is done while nobody receives", (_, pace) => {
  both("from the start: it takes nothing", function* (t) {
    const [ctx, cancel] = withCancel(background());
    cancel();
    for (const ch of [filled([1], true), chan<number>()]) {
      const out = pace(ch, 10, { ctx });
      expect([receivers(ch), ch.length]).toEqual([0, ch.capacity]);
      expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    }
  });

  both("it closes and listens no more", function* (t) {
    const [ctx, cancel] = withCancel(background());
    const ch = chan<number>();
    const out = pace(ch, 10, { ctx });
    yield* t.on(ch.send(1));
    expect(receivers(ch)).toBe(1);
    cancel();
    expect(receivers(ch)).toBe(0);
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
  });
});
