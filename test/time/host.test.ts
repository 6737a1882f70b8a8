/** Timers on the host's own clock and timers. */
import { chan, go, run, select } from "millrace";
import * as time from "millrace/time";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { m } from "../../src/runtime/m.ts";
import { turns } from "../kit/turns.ts";

test("never early: 200 sleeps of up to 3 ms", async () => {
  await run(function* () {
    for (let i = 0; i < 200; i++) {
      const d = (i % 31) / 10;
      const start = performance.now();
      yield* time.sleep(d);
      expect(performance.now() - start).toBeGreaterThanOrEqual(d);
    }
  });
}, 30_000);

test("await works on the default run too", async () => {
  const start = performance.now();
  await time.sleep(2);
  expect(performance.now() - start).toBeGreaterThanOrEqual(2);
  expect(await time.after(1).recv()).toBeInstanceOf(time.Time);
  using ticker = new time.Ticker(1);
  let ticks = 0;
  for await (const _ of ticker.c) if (++ticks === 3) break;
  const called = chan<string>();
  time.afterFunc(1, async () => {
    await called.send("called");
  });
  expect(await called.recv()).toBe("called");
});

test("Promise.all of awaited sleeps", async () => {
  const start = performance.now();
  await Promise.all(Array.from({ length: 100 }, (_, i) => time.sleep(i % 7)));
  expect(performance.now() - start).toBeGreaterThanOrEqual(6);
});

test("goroutines that never block do not keep timers from firing", async () => {
  await run(function* () {
    const ch = chan<number>(1);
    let stop = false;
    go(function* () {
      while (!stop) yield* select({ s: ch.send(1), r: ch.recv() });
    });
    yield* time.sleep(30);
    stop = true;
  });
});

test("100,000 timers of up to 100 ms all fire, in order", async () => {
  await run(function* () {
    const n = 100_000;
    let fired = 0;
    let reached = 0;
    let ordered = true;
    const done = chan<void>();
    const start = performance.now();
    for (let i = 0; i < n; i++) {
      const d = (i * 7919) % 100;
      const earliest = performance.now() + d;
      time.afterFunc(d, () => {
        // Whoever fires now was due no earlier than anybody who fired before.
        ordered &&= latest >= reached;
        reached = Math.max(reached, earliest);
        if (++fired === n) done.close();
      });
      const latest = performance.now() + d;
    }
    yield* done.recv();
    expect(performance.now() - start).toBeGreaterThanOrEqual(99);
    expect(ordered).toBe(true);
  });
});

describe("host timers", () => {
  const set: number[] = [];
  let pending = 0;
  beforeEach(() => {
    set.length = pending = 0;
    const { setTimeout: start, clearTimeout: stop } = globalThis;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((fn: () => void, ms: number) => {
      set.push(ms);
      pending++;
      return start(() => {
        pending--;
        fn();
      }, ms);
    }) as typeof setTimeout);
    vi.spyOn(globalThis, "clearTimeout").mockImplementation((t) => {
      pending--;
      stop(t);
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("one for all pending timers", async () => {
    await run(function* () {
      for (let i = 0; i < 1000; i++) go(() => time.sleep(time.Hour + i));
      yield* time.sleep(0.1);
      expect(m.current().timers.length).toBe(1000);
      expect(pending).toBe(1);
      expect(set.length).toBeLessThan(5);
    });
    expect(pending).toBe(0);
  });

  test("a longer wait than the host can do is done in parts", async () => {
    await run(function* () {
      go(() => time.sleep(30 * 24 * time.Hour));
      yield* time.sleep(0.1);
      expect(set).toContain(2 ** 31 - 1);
    });
    expect(pending).toBe(0);
  });

  test("none for timers that nobody waits on", async () => {
    await run(function* () {
      const timer = new time.Timer(5);
      using ticker = new time.Ticker(1);
      const c = time.after(3);
      timer.reset(4);
      expect([timer.c.length, ticker.c.length, c.length]).toEqual([0, 0, 0]);
      yield* select({ t: timer.c.recv(), c: c.recv(), k: ticker.c.recv(), default: true });
      expect(m.current().timers.length).toBe(0);
    });
    expect(set).toEqual([]);
  });
});

test("the end of a run drops what was pending", async () => {
  let called = 0;
  // The clock stands still meanwhile, however long the machine takes for it.
  const now = performance.now();
  const clock = vi.spyOn(performance, "now").mockReturnValue(now);
  await run(function* () {
    time.afterFunc(1, () => called++);
    go(function* () {
      yield* time.sleep(1);
      called++;
    });
    yield* time.sleep(0);
  });
  clock.mockRestore();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await turns(2);
  expect(called).toBe(0);
});
