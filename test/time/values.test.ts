/** What is no timer: durations, moments, bad arguments. */
import { ArgumentError, Panic, run } from "millrace";
import * as time from "millrace/time";
import { describe, expect, expectTypeOf, test } from "vitest";
import { formatDuration } from "../../src/time/duration.ts";
import { thrown } from "../kit/thrown.ts";
import { virtual } from "../kit/virtual.ts";

test("the constants are milliseconds, so that Go's expressions read the same", () => {
  const { Nanosecond, Microsecond, Millisecond, Second, Minute, Hour } = time;
  expect([Nanosecond, Microsecond, Millisecond, Second, Minute, Hour]).toEqual([
    1e-6, 1e-3, 1, 1000, 60_000, 3_600_000,
  ]);
  expect(2 * Second + 500 * Millisecond).toBe(2500);
});

describe("durations", () => {
  test.each([
    [0, "0s"],
    [1e-6, "1ns"],
    [0.0015, "1.5µs"],
    [1.5, "1.5ms"],
    [999.5, "999.5ms"],
    [1000, "1s"],
    [2500, "2.5s"],
    [60_000, "1m0s"],
    [3_600_000, "1h0m0s"],
    [5_025_500, "1h23m45.5s"],
    [-1500, "-1.5s"],
    [Infinity, "Infinity"],
  ])("%d ms is written %s, as Go writes it", (d, text) => expect(formatDuration(d)).toBe(text));

  const takers: Record<string, (d: number) => unknown> = {
    sleep: time.sleep,
    after: time.after,
    tick: time.tick,
    "new Timer": (d) => new time.Timer(d),
    "new Ticker": (d) => new time.Ticker(d),
    "Timer.reset": (d) => new time.Timer(1).reset(d),
    "Ticker.reset": (d) => new time.Ticker(1).reset(d),
    afterFunc: (d) => time.afterFunc(d, () => {}),
    "Time.add": (d) => time.now().add(d),
  };
  describe.each(Object.entries(takers))("%s", (name, take) => {
    test.each([
      [Number.NaN, "NaN"],
      ["10", '"10"'],
      [undefined, "undefined"],
      [null, "null"],
      [10n, "10n"],
    ])("refuses %s and names it", (d, shown) => {
      const error = thrown(() => take(d as number)) as Error;
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toBe(`${name}: expected a duration in milliseconds, got ${shown}`);
    });
  });

  test.each([0, -1, -Infinity])("a ticker of %d ms panics", (d) => {
    const texts = [
      [() => new time.Ticker(d), "TICKER_INTERVAL", "non-positive interval for NewTicker"],
      [() => new time.Ticker(5).reset(d), "TICKER_RESET", "non-positive interval for Ticker.Reset"],
    ] as const;
    for (const [act, code, text] of texts) {
      const panic = thrown(act) as Panic;
      expect(panic).toBeInstanceOf(Panic);
      expect(panic.code).toBe(code);
      expect(panic.message).toContain(text);
      expect(panic.message).toContain(`got ${d}`);
    }
  });

  test("afterFunc refuses what is no function", () => {
    expect((thrown(() => time.afterFunc(1, null as never)) as Panic).code).toBe("NIL_FUNCTION");
    expect(thrown(() => time.afterFunc(1, 5 as never))).toBeInstanceOf(ArgumentError);
  });
});

describe("moments", () => {
  test("a Time is a Date", () => {
    const before = Date.now();
    const t = time.now();
    const after = Date.now();
    expect(t).toBeInstanceOf(Date);
    expect(t.getTime()).toBeGreaterThan(before - 100);
    expect(t.getTime()).toBeLessThan(after + 100);
    expect(JSON.stringify(t)).toBe(JSON.stringify(new Date(t.getTime())));
    expectTypeOf(t).toExtend<Date>();
  });

  test("differences come from the monotonic clock, with fractions", async () => {
    await virtual(function* ({ clock }) {
      const start = time.now();
      clock.pass(1.25);
      expect(time.now().sub(start)).toBe(1.25);
      expect(start.sub(time.now())).toBe(-1.25);
      expect(time.since(start)).toBe(1.25);
    });
  });

  test("a wall clock that is set moves nothing", async () => {
    await virtual(function* ({ p, clock }) {
      let shift = 0;
      p.clock = {
        now: () => clock.now(),
        wall: () => clock.wall() + shift,
        start: (ring, delay) => clock.start(ring, delay),
        stop: (alarm) => clock.stop(alarm),
        hold: (alarm, wanted) => clock.hold(alarm, wanted),
      };
      const start = time.now();
      const deadline = start.add(500);
      const timer = new time.Timer(500);
      shift = -3_600_000;
      clock.pass(400);
      expect(time.since(start)).toBe(400);
      expect(timer.c.tryRecv()).toBeUndefined();
      expect(deadline.after(time.now())).toBe(true);
      clock.pass(100);
      expect(timer.c.tryRecv()).toBeDefined();
      expect(deadline.equal(time.now())).toBe(true);
      expect(time.now().getTime()).toBeLessThan(start.getTime());
      yield* time.sleep(0);
    });
  });

  test("add keeps both readings", async () => {
    await virtual(function* ({ clock }) {
      const start = time.now();
      const later = start.add(0.5).add(1000);
      expect(later.sub(start)).toBe(1000.5);
      expect(later.getTime() - start.getTime()).toBe(1000);
      expect([start.before(later), start.after(later), later.after(start), later.equal(later)]).toEqual([
        true,
        false,
        true,
        true,
      ]);
      clock.pass(1000.5);
      expect(time.now().equal(later)).toBe(true);
    });
  });

  test("with any other Date the wall clock decides", async () => {
    await virtual(function* ({ clock }) {
      const then = new Date(clock.wall() - 250);
      expect(time.since(then)).toBe(250);
      expect(time.now().sub(then)).toBe(250);
      expect(new time.Time(then.getTime()).add(5).sub(then)).toBe(5);
    });
  });

  test("a Time whose date was set has lost its monotonic reading", async () => {
    await virtual(function* () {
      const t = time.now();
      const moved = t.add(0.75);
      moved.setTime(t.getTime() + 10_000);
      expect(moved.sub(t)).toBe(10_000);
      expect(moved.add(5).sub(t)).toBe(10_005);
      expect(time.since(moved)).toBe(-10_000);
    });
  });

  test("readings of different clocks are not mixed", async () => {
    const outside = time.now();
    await virtual(function* () {
      const inside = time.now();
      expect(inside.sub(outside)).toBe(inside.getTime() - outside.getTime());
    });
  });

  test.each([
    ["a number", 5, "5"],
    ["nothing", undefined, "undefined"],
    ["an invalid Date", new Date(Number.NaN), "an invalid Date"],
  ])("since refuses %s", (_, value, shown) => {
    expect((thrown(() => time.since(value as never)) as Error).message).toBe(
      `since: expected a valid Date, got ${shown}`,
    );
    expect(thrown(() => time.now().sub(value as never))).toBeInstanceOf(ArgumentError);
  });
});

test("each run has its own time: a virtual one beside a real one", async () => {
  const real = run(function* () {
    const start = time.now();
    yield* time.sleep(1);
    return time.since(start);
  });
  const jumped = await virtual<number>(function* () {
    const start = time.now();
    yield* time.sleep(24 * time.Hour);
    return time.since(start);
  });
  expect(jumped).toBe(86_400_000);
  expect(await real).toBeGreaterThanOrEqual(1);
});

test("a moment beyond what a Date can say is the last it can", () =>
  virtual(function* () {
    const start = time.now();
    for (const d of [9.7e15, 1e16, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
      expect([start.add(d).getTime(), start.add(-d).getTime()]).toEqual([8.64e15, -8.64e15]);
      expect(start.add(d).after(start)).toBe(true);
      expect(new time.Time(0).add(d).getTime()).toBe(8.64e15);
    }
    expect(start.add(1e15).sub(start)).toBe(1e15);
  }));
