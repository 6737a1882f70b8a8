/** The documentation of golang.org/x/time/rate, sentence by sentence, and what this library adds to it. */
import { chan, go, run, runtime, select } from "millrace";
import { background, Canceled, DeadlineExceeded, withCancel, withTimeout } from "millrace/context";
import { Limiter, type Reservation } from "millrace/sync";
import { after, now, since, sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import type { VirtualClock } from "../../src/runtime/clock.ts";
import { m } from "../../src/runtime/m.ts";
import { both } from "../kit/both.ts";
import { deadlock, virtual } from "../kit/virtual.ts";

both("starts full: a burst may happen at once, then events at the rate", function* (t) {
  const start = now();
  const limiter = new Limiter(10, 3);
  expect([limiter.limit, limiter.burst, limiter.tokens()]).toEqual([10, 3, 3]);
  const at: number[] = [];
  for (let i = 0; i < 6; i++) {
    yield* t.on(limiter.wait());
    at.push(Math.round(since(start)));
  }
  expect(at).toEqual([0, 0, 0, 100, 200, 300]);
});

both("allow says whether an event may happen now, and counts it only then", function* (t) {
  const limiter = new Limiter(10, 2);
  expect([limiter.allow(), limiter.allow(), limiter.allow()]).toEqual([true, true, false]);
  yield* t.on(sleep(100));
  expect([limiter.allow(2), limiter.allow(1)]).toEqual([false, true]);
  yield* t.on(sleep(10_000));
  expect(limiter.tokens()).toBe(2); // never more than the burst
  expect(limiter.allow(3)).toBe(false);
  expect(limiter.allow(0)).toBe(true);
});

both("wait blocks for n tokens at once", function* (t) {
  const start = now();
  const limiter = new Limiter(10, 4);
  yield* t.on(limiter.wait(4));
  yield* t.on(limiter.wait(3));
  expect(since(start)).toBeCloseTo(300, 6);
});

test.each([
  [50, 50, 99],
  [50, 1, 50],
  [41, 10, 50],
])("in any second %i a second with a burst of %i allows %i", (perSecond, burst, most) =>
  virtual(function* () {
    const limiter = new Limiter(perSecond, burst);
    const start = now();
    const at: number[] = [];
    for (let i = 0; i < 300; i++) {
      yield* limiter.wait();
      at.push(Math.round(since(start) * 1e6) / 1e6);
    }
    const counts = at.map((from) => at.filter((t) => t >= from && t < from + 1000).length);
    expect(Math.max(...counts)).toBe(most);
  }),
);

test("10,000 events keep their rate to the last", () =>
  virtual(function* () {
    const start = now();
    const limiter = new Limiter(3);
    for (let i = 0; i < 10_000; i++) yield* limiter.wait();
    expect(Math.abs(since(start) - (9_999 * 1000) / 3)).toBeLessThan(1e-3);
  }));

test("a waiter that is woken late delays nobody after it, also with a burst of 1", () =>
  virtual(function* () {
    const { clock } = m.current();
    const start = now();
    const limiter = new Limiter(100, 1);
    // A neighbour that holds up everything, for up to 9 of the 10 ms between two events.
    const hog = go(function* () {
      for (let i = 0; i < 300; i++) {
        yield* sleep(1 + (i % 4));
        (clock as VirtualClock).pass((i * 7) % 10);
      }
    });
    for (let i = 0; i < 101; i++) yield* limiter.wait();
    expect(since(start)).toBeGreaterThanOrEqual(1000 - 1e-6);
    expect(since(start)).toBeLessThan(1010);
    yield* hog.join();
  }));

both("waiters are served first in, first out, and nobody jumps the line", function* (t) {
  const limiter = new Limiter(10, 5);
  limiter.allow(5);
  const order: number[] = [];
  for (const n of [5, 1, 2]) {
    t.go(function* () {
      yield* t.on(limiter.wait(n));
      order.push(n);
    });
  }
  yield* t.on(sleep(450));
  expect(order).toEqual([]);
  expect(limiter.allow()).toBe(false);
  yield* t.on(sleep(1000));
  expect(order).toEqual([5, 1, 2]);
});

both("a wait that loses a select gives its place to those behind", function* (t) {
  const limiter = new Limiter(10, 5);
  const quit = chan<void>();
  limiter.allow(5);
  const start = now();
  const large = t.perform(select({ go: limiter.wait(5), quit: quit.recv() }));
  const small = t.start(function* () {
    yield* t.on(limiter.wait());
    return Math.round(since(start));
  });
  yield* t.on(sleep(50));
  quit.close();
  yield* t.on(small.g.join());
  expect([large.value?.case, small.value]).toEqual(["quit", 100]);
});

both("a wait for more than the burst is refused at once, and lets the other cases of a select win", function* (t) {
  const limiter = new Limiter(10, 3);
  const refused = limiter.wait(4);
  let error: unknown;
  try {
    yield* t.on(refused);
  } catch (e) {
    error = e;
  }
  expect((error as Error).message).toBe("rate: Wait(n=4) exceeds limiter's burst 3");
  const s = yield* t.on(select({ refused, late: after(5).recv() }));
  expect(s.case).toBe("late");
  expect([limiter.delay(4), limiter.delay(3)]).toEqual([Infinity, 0]);
  yield* t.on(limiter.wait(3));
});

describe("reserve", () => {
  both("promises tokens and says when they are there", function* (t) {
    const limiter = new Limiter(10, 2);
    const delays = [1, 1, 1, 2].map((n) => limiter.reserve(n).delay());
    expect(delays.map(Math.round)).toEqual([0, 0, 100, 300]);
    expect(Math.round(limiter.tokens())).toBe(-3);
    yield* t.on(sleep(300));
    expect(limiter.allow()).toBe(false);
    yield* t.on(sleep(100));
    expect(limiter.allow()).toBe(true);
  });

  both("the delay passes with time", function* (t) {
    const limiter = new Limiter(10);
    limiter.allow();
    const r = limiter.reserve();
    yield* t.on(sleep(40));
    expect(r.delay()).toBeCloseTo(60, 6);
    yield* t.on(sleep(100));
    expect(r.delay()).toBe(0);
  });

  both("cancel gives the tokens to others", function* (t) {
    const limiter = new Limiter(10, 3);
    limiter.allow(3);
    const r = limiter.reserve(3);
    const start = now();
    const waiting = t.start(function* () {
      yield* t.on(limiter.wait());
      return Math.round(since(start));
    });
    yield* t.settle();
    r.cancel();
    r.cancel();
    yield* t.on(waiting.g.join());
    expect(waiting.value).toBe(100);
  });

  both("cancel at the promised moment still counts, later it does not", function* (t) {
    const limiter = new Limiter(10, 2);
    const a = limiter.reserve(2);
    expect(a.ok).toBe(true);
    a.cancel();
    expect(limiter.tokens()).toBe(2);
    const b = limiter.reserve(2);
    yield* t.on(sleep(1));
    b.cancel();
    expect(limiter.allow()).toBe(false);
  });

  // The moments are those of x/time/rate's own tests: reservations of n at the tenth of a second `at`, told the tenth `told`.
  describe("cancel gives back what no later reservation counts on:", () => {
    type Step = readonly [at: number, n: number, told: number] | readonly [at: number, cancels: number];
    const stories: Record<string, readonly [burst: number, ...Step[]]> = {
      "of three in a row, nothing of the second": [1, [0, 1, 0], [0, 1, 1], [0, 1, 2], [0, 1], [0, 1, 3]],
      "all of the last": [2, [0, 2, 0], [1, 2, 2], [1, 1], [1, 2, 2]],
      "nothing when it is too late": [2, [0, 2, 0], [1, 2, 2], [3, 1], [3, 2, 4]],
      "nothing, where as much was reserved later": [2, [0, 2, 0], [1, 1, 1], [1, 1, 2], [1, 1], [1, 1, 3]],
      "one, where one less was reserved later": [2, [0, 2, 0], [1, 2, 2], [1, 1, 3], [2, 1], [2, 2, 4]],
      "after the last, of one before it": [4, [0, 4, 0], [0, 3, 3], [0, 1, 4], [0, 1, 5], [1, 3], [1, 1], [1, 3, 5]],
      "of several, each once": [1, [0, 1, 0], [0, 1, 1], [0, 1, 2], [0, 1, 3], [0, 2], [0, 1], [0, 1], [0, 1, 4]],
    };
    for (const [name, [burst, ...steps]] of Object.entries(stories)) {
      both(name, function* (t) {
        const limiter = new Limiter(10, burst);
        const start = now();
        const reservations: Reservation[] = [];
        for (const [at, n, told] of steps) {
          yield* t.on(sleep(at * 100 - since(start)));
          if (told === undefined) reservations[n]?.cancel();
          else {
            const r = limiter.reserve(n);
            expect(since(start) + r.delay()).toBeCloseTo(told * 100, 6);
            reservations.push(r);
          }
        }
      });
    }

    both("of a wait that gives up before a reservation, too", function* (t) {
      const limiter = new Limiter(10, 1);
      limiter.allow();
      const s = t.perform(select({ go: limiter.wait(), late: sleep(50) })); // would be at 100
      yield* t.settle();
      expect(limiter.reserve().delay()).toBeCloseTo(200, 6);
      yield* t.on(sleep(60));
      expect(s.value?.case).toBe("late");
      expect(limiter.reserve().delay()).toBeCloseTo(240, 6);
    });

    both("and waits move up as far as that", function* (t) {
      const limiter = new Limiter(10, 5);
      limiter.allow(5);
      const start = now();
      const first = limiter.reserve(3); // 300
      limiter.reserve(1); // 400
      const waiting = t.start(function* () {
        yield* t.on(limiter.wait()); // 500
        return Math.round(since(start));
      });
      yield* t.settle();
      first.cancel(); // gives back 2
      yield* t.on(waiting.g.join());
      expect(waiting.value).toBe(300);
    });
  });

  both("cancel under an infinite rate gives nothing back", function* (t) {
    const limiter = new Limiter(Number.POSITIVE_INFINITY, 3);
    const r = limiter.reserve(3);
    limiter.setLimit(1);
    limiter.allow(3);
    r.cancel();
    expect(limiter.tokens()).toBe(0);
    yield* t.settle();
  });

  both("is not ok for more than the burst, or when no tokens ever come", function* (t) {
    const limiter = new Limiter(10, 2);
    const r = limiter.reserve(3);
    expect([r.ok, r.delay()]).toEqual([false, Number.POSITIVE_INFINITY]);
    r.cancel();
    expect(limiter.tokens()).toBe(2);
    const dry = new Limiter(0, 1);
    expect(dry.reserve().ok).toBe(true);
    expect(dry.reserve().ok).toBe(false);
    yield* t.settle();
  });
});

both("a limit of Infinity allows every event, also with a burst of 0", function* (t) {
  const limiter = new Limiter(Number.POSITIVE_INFINITY, 0);
  expect([limiter.allow(1000), limiter.reserve(7).delay()]).toEqual([true, 0]);
  yield* t.on(limiter.wait(1000));
});

both("a limit of 0 allows the burst and no more", function* (t) {
  const limiter = new Limiter(0, 2);
  yield* t.on(limiter.wait(2));
  const s = yield* t.on(select({ more: limiter.wait(), default: true }));
  expect(s.case).toBe("default");
});

both("setLimit and setBurst count from now on, for those who wait too", function* (t) {
  const start = now();
  const limiter = new Limiter(1, 1);
  limiter.allow();
  const waiting = t.start(function* () {
    yield* t.on(limiter.wait());
    return Math.round(since(start));
  });
  yield* t.on(sleep(500));
  limiter.setLimit(10);
  yield* t.on(waiting.g.join());
  expect(waiting.value).toBe(550);
  limiter.setBurst(5);
  yield* t.on(sleep(1000));
  expect([limiter.limit, limiter.burst, limiter.allow(5), limiter.allow()]).toEqual([10, 5, true, false]);
});

both("weights may be fractions, which add up to what they should", function* (t) {
  const limiter = new Limiter(1, 0.3);
  expect([limiter.delay(0.3), limiter.delay(0.31)]).toEqual([0, Infinity]);
  expect([0.1, 0.1, 0.1, 0.01].map((n) => limiter.allow(n))).toEqual([true, true, true, false]);
  const start = now();
  yield* t.on(limiter.wait(0.1));
  yield* t.on(limiter.wait(0.05));
  expect(since(start)).toBeCloseTo(150, 3);
  limiter.setBurst(0.5);
  yield* t.on(limiter.wait(0.1 + 0.4));
  expect(since(start)).toBeCloseTo(650, 3);
});

test("100,000 tenths take as long as 10,000", () =>
  virtual(function* () {
    const start = now();
    const limiter = new Limiter(1000, 1);
    for (let i = 0; i < 100_000; i++) yield* limiter.wait(0.1);
    expect(Math.abs(since(start) - 9_999)).toBeLessThan(1e-3);
  }));

test("refuses what is no rate and no number of events", () => {
  for (const bad of [-1, Number.NaN, "1", undefined]) {
    expect(() => new Limiter(bad as number)).toThrow(/^new Limiter: expected a number from 0 up/);
  }
  for (const bad of [-1, Infinity, Number.NaN, "1"]) {
    const limiter = new Limiter(1);
    expect(() => new Limiter(1, bad as number)).toThrow(/^new Limiter: burst: expected a finite number from 0 up/);
    expect(() => limiter.allow(bad as number)).toThrow(/^Limiter\.allow: expected a finite number from 0 up/);
    expect(() => limiter.wait(bad as number)).toThrow(/^Limiter\.wait: expected a finite number from 0 up/);
    expect(() => limiter.reserve(bad as number)).toThrow(/^Limiter\.reserve: expected a finite number from 0 up/);
  }
});

test("works by the host's clock", () =>
  run(function* () {
    const limiter = new Limiter(500);
    const start = now();
    for (let i = 0; i < 6; i++) yield* limiter.wait();
    expect(since(start)).toBeGreaterThanOrEqual(10);
  }));

test("a finished run leaves the line", () =>
  virtual(function* () {
    const limiter = new Limiter(10);
    limiter.allow();
    const inner = go(async () => {
      await run(function* () {
        go(() => limiter.wait());
        yield* runtime.gosched();
      });
    });
    yield* inner.join();
    expect(limiter.tokens()).toBe(0);
  }));

test("a deadlock says rate limit", async () => {
  const error = await deadlock(function* main() {
    const limiter = new Limiter(0, 1);
    limiter.allow();
    yield* limiter.wait();
  });
  expect(error.goroutines.map(({ reason }) => reason)).toEqual(["rate limit"]);
});

describe("wait with a context", () => {
  test("refuses what is no context", () => {
    const wrong = (): unknown => new Limiter(1).wait(1, { done: true } as never);
    expect(wrong).toThrow("Limiter.wait: expected a context, got an object");
  });

  both("throws the context's error when it is done first, and takes nothing", function* (t) {
    const limiter = new Limiter(1);
    limiter.allow();
    const [ctx, cancel] = withCancel(background());
    const waiting = t.perform(limiter.wait(1, ctx));
    yield* t.on(sleep(500));
    cancel();
    yield* t.on(waiting.g.join());
    expect(waiting.error).toBe(Canceled);
    yield* t.on(sleep(500));
    expect(limiter.allow()).toBe(true);
    const late = t.perform(limiter.wait(1, ctx));
    yield* t.on(late.g.join());
    expect(late.error).toBe(Canceled);
  });

  both("throws at once when the deadline is too early to wait for", function* (t) {
    const start = now();
    const limiter = new Limiter(10);
    const [ctx, cancel] = withTimeout(background(), 150);
    yield* t.on(limiter.wait(1, ctx));
    yield* t.on(limiter.wait(1, ctx));
    const third = t.perform(limiter.wait(1, ctx));
    yield* t.on(third.g.join());
    expect(Math.round(since(start))).toBe(100);
    expect(third.error).toMatchObject({
      message: "rate: Wait(n=1) would exceed context deadline",
      cause: DeadlineExceeded,
    });
    cancel();
  });

  both("can be a case of a select", function* (t) {
    const limiter = new Limiter(1);
    limiter.allow();
    const [ctx, cancel] = withCancel(background());
    const s = yield* t.on(select({ go: limiter.wait(1, ctx), late: after(10).recv() }));
    expect(s.case).toBe("late");
    cancel();
    yield* t.on(sleep(2000));
    expect(limiter.tokens()).toBe(1);
  });
});

test("every turns an interval into a rate", () => {
  expect([100, 0.5, 0, -1, Number.POSITIVE_INFINITY].map(Limiter.every)).toEqual([
    10,
    2000,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    0,
  ]);
  expect(new Limiter(Limiter.every(250)).limit).toBe(4);
  expect(() => Limiter.every("1s" as never)).toThrow("Limiter.every: expected a duration in milliseconds");
});

test("a context whose deadline is beyond any Date is waited with as with none", () =>
  virtual(function* () {
    for (const ms of [1e12, 1e15, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
      const [ctx] = withTimeout(background(), ms);
      const limiter = new Limiter(100, 1);
      yield* limiter.wait(1, ctx);
      yield* limiter.wait(1, ctx);
    }
  }));
