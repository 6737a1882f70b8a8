/** `WindowLimiter`, and limiters by key. */
import fc from "fast-check";
import { chan, go, run, select } from "millrace";
import { WorkerPool } from "millrace/patterns";
import { Limiter, Limiters, WaitGroup, WindowLimiter } from "millrace/sync";
import { explore } from "millrace/testing";
import { now, since, sleep, after as within } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both, type Kit } from "../kit/both.ts";
import { failure } from "../kit/streams.ts";
import { virtual } from "../kit/virtual.ts";

/** When each of `n` waits has its turn. */
function* times(t: Kit, limiter: WindowLimiter, weights: readonly number[]) {
  const start = now();
  const found: number[] = [];
  for (const n of weights) {
    yield* t.on(limiter.wait(n));
    found.push(Math.round(since(start)));
  }
  return found;
}

describe("WindowLimiter", () => {
  both("sliding: at most the limit in any window", function* (t) {
    const limiter = new WindowLimiter(2, 100);
    expect(limiter.allow()).toBe(true);
    yield* t.on(sleep(60));
    expect(yield* times(t, limiter, [1, 1, 1, 1])).toEqual([0, 40, 100, 140]);
    expect([limiter.used, limiter.limit, limiter.window, limiter.idle]).toEqual([2, 2, 100, false]);
    yield* t.on(sleep(100));
    expect([limiter.used, limiter.idle]).toEqual([0, true]);
  });

  both("fixed: each window has the whole limit, from when it was made", function* (t) {
    const limiter = new WindowLimiter(2, 100, { kind: "fixed" });
    yield* t.on(sleep(90));
    expect(yield* times(t, limiter, [1, 1, 1, 1, 1])).toEqual([0, 0, 10, 10, 110]);
  });

  both("minTime: so long from one to the next", function* (t) {
    const limiter = new WindowLimiter(10, 1000, { minTime: 30 });
    expect(yield* times(t, limiter, [1, 1, 1])).toEqual([0, 30, 60]);
    expect([limiter.allow(), limiter.delay()]).toEqual([false, 30]);
  });

  both("weights may be fractions, and add up", function* (t) {
    const limiter = new WindowLimiter(1, 100);
    for (let i = 0; i < 10; i++) expect(limiter.allow(0.1)).toBe(true);
    expect(limiter.allow(0.1)).toBe(false);
    expect(limiter.delay(0.5)).toBe(100);
    yield* t.on(sleep(100));
    expect(yield* times(t, limiter, [0.7, 0.7])).toEqual([0, 100]);
  });

  both("waiters are served in order, the small behind the large too", function* (t) {
    const limiter = new WindowLimiter(4, 100);
    limiter.allow(3);
    const order: string[] = [];
    const waits = (name: string, n: number) =>
      t.go(function* () {
        yield* t.on(limiter.wait(n));
        order.push(name);
      });
    const all = [waits("large", 4), waits("small", 1)];
    yield* t.settle();
    expect(limiter.allow(1)).toBe(false); // there is room, but others wait
    for (const g of all) yield* t.on(g.join());
    expect(order).toEqual(["large", "small"]);
  });

  both("a wait that loses a select leaves nothing, and those behind it move up", function* (t) {
    const limiter = new WindowLimiter(1, 100);
    limiter.allow();
    const start = now();
    const behind = t.start(function* () {
      yield* t.on(sleep(1));
      yield* t.on(limiter.wait());
      return Math.round(since(start));
    });
    const s = yield* t.on(select({ turn: limiter.wait(), late: within(50).recv() }));
    expect(s.case).toBe("late");
    yield* t.on(behind.g.join());
    expect(behind.value).toBe(100);
  });

  both("more than the limit is refused when it is performed, and never ready in a select", function* (t) {
    const limiter = new WindowLimiter(2, 100);
    const refused = limiter.wait(3);
    const error = (yield* failure(t, refused)) as Error;
    expect(error.message).toBe("WindowLimiter.wait: 3 is more than the limit of 2");
    expect((yield* t.on(select({ refused, late: within(5).recv() }))).case).toBe("late");
    expect([limiter.allow(3), limiter.delay(3)]).toEqual([false, Infinity]);
  });

  both("limits a pool", function* (t) {
    const start = now();
    const begun: number[] = [];
    const pool = new WorkerPool(() => void begun.push(Math.round(since(start))), {
      queue: Infinity,
      limiter: new WindowLimiter(2, 100),
    });
    for (let i = 0; i < 5; i++) pool.trySubmit(i);
    yield* t.on(pool.drain());
    expect(begun).toEqual([0, 0, 100, 100, 200]);
  });

  test("for any waits, weights and pauses: no window has more than the limit, and all have their turn", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ pause: fc.nat(30), n: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 20 }),
        (jobs) =>
          virtual(function* () {
            const limiter = new WindowLimiter(3, 50);
            const happened: { at: number; n: number }[] = [];
            const wg = new WaitGroup();
            for (const { pause, n } of jobs) {
              wg.go(function* () {
                yield* sleep(pause);
                yield* limiter.wait(n);
                happened.push({ at: now().getTime(), n });
              });
            }
            yield* wg.wait();
            expect(happened.length).toBe(jobs.length);
            for (const { at } of happened) {
              const inWindow = happened.filter((each) => each.at >= at && each.at < at + 50);
              expect(inWindow.reduce((sum, { n }) => sum + n, 0)).toBeLessThanOrEqual(3);
            }
          }),
      ),
      { numRuns: 100, endOnFailure: true },
    ));

  test("under every schedule no more than the limit", async () => {
    const { complete } = await explore(function* () {
      const limiter = new WindowLimiter(1, 1000);
      const passed = chan<void>(3);
      for (let i = 0; i < 3; i++) {
        go(() => {
          if (limiter.allow()) passed.trySend();
        });
      }
      yield* sleep(1);
      if (passed.length !== 1) throw new Error(`${passed.length} passed`);
    });
    expect(complete).toBe(true);
  });

  test("refuses what makes no sense", () => {
    expect(() => new WindowLimiter(0, 1)).toThrow("new WindowLimiter: limit: expected a number above 0, got 0");
    expect(() => new WindowLimiter(1, -1)).toThrow("new WindowLimiter: window: expected a number above 0, got -1");
    expect(() => new WindowLimiter(1, 1, { kind: "x" as never })).toThrow(
      'kind: expected "sliding" or "fixed", got "x"',
    );
    expect(() => new WindowLimiter(1, 1).allow(-1)).toThrow("WindowLimiter.allow: expected a number from 0 up, got -1");
  });
});

describe("Limiters", () => {
  test("has one for each key, and drops those that are idle", () =>
    virtual(function* () {
      let made = 0;
      const all = new Limiters((key: number) => {
        made++;
        return key % 2 === 0 ? new Limiter(10, 1) : new WindowLimiter(1, 100);
      });
      for (let i = 0; i < 100; i++) {
        expect(all.for(i).allow()).toBe(true);
        expect(all.for(i).allow()).toBe(false);
      }
      expect([all.size, made]).toEqual([100, 100]);
      yield* sleep(1000);
      for (let i = 0; i < 101; i++) all.for(0);
      expect(all.size).toBe(1);
      expect(all.for(5).allow()).toBe(true);
    }));

  test("keeps one that somebody waits for", () =>
    run(function* () {
      const all = new Limiters((_: string) => new WindowLimiter(1, 20));
      const first = all.for("a");
      first.allow();
      const g = go(() => first.wait());
      for (let i = 0; i < 5; i++) all.for("b");
      expect(all.for("a")).toBe(first);
      yield* g.join();
    }));
});
