/** What timers leave behind: nothing. */
import { chan, go, run, select } from "millrace";
import * as time from "millrace/time";
import { expect, test } from "vitest";
import { m } from "../../src/runtime/m.ts";
import { collect, heapUsed } from "../kit/heap.ts";
import { virtual } from "../kit/virtual.ts";

const MB = 2 ** 20;

test("a million selects whose timeout loses leave an empty heap and flat memory", async () => {
  await run(function* () {
    const ch = chan<number>();
    const n = 1_000_000;
    go(function* () {
      for (let i = 0; i < n; i++) yield* ch.send(i);
    });
    const { timers } = m.current();
    const used: number[] = [];
    for (let i = 0; i < n; i++) {
      const s = yield* select({ m: ch.recv(), t: time.after(60_000).recv() });
      if (s.case !== "m") throw new Error("the timeout won");
      if (timers.length > 1) throw new Error(`${timers.length} timers`);
      if (i % 200_000 !== 199_999) continue;
      globalThis.gc?.();
      used.push(process.memoryUsage().heapUsed);
    }
    expect(timers.length).toBe(0);
    expect(used).toHaveLength(5);
    expect((used[4] as number) - (used[0] as number)).toBeLessThan(MB);
  });
}, 120_000);

test("a million forgotten timers, tickers and afters are collected", async () => {
  const before = await heapUsed();
  for (let i = 0; i < 1_000_000; i++) {
    const timer = new time.Timer(3_600_000);
    if (i % 3 === 0) timer.c.tryRecv();
    if (i % 3 === 1) time.after(3_600_000).tryRecv();
    if (i % 3 === 2) time.tick(3_600_000).tryRecv();
  }
  expect(m.current().timers.length).toBe(0);
  expect((await heapUsed()) - before).toBeLessThan(2 * MB);
}, 120_000);

test("a channel that somebody waited on can be collected after it lost", async () => {
  async function lose(): Promise<WeakRef<object>> {
    const c = time.after(60_000);
    await select({ t: c.recv(), ok: c.recvOk(), other: time.sleep(1) });
    return new WeakRef(c);
  }
  const ref = await lose();
  await collect();
  expect(ref.deref()).toBeUndefined();
});

test("stop, reset and dispose of timers somebody waits on keep the heap exact", async () => {
  await virtual(function* ({ p }) {
    const timer = new time.Timer(10);
    go(() => timer.c.recv());
    go(() => timer.c.recv());
    yield* time.sleep(1);
    expect(p.timers.length).toBe(1);
    timer.reset(20);
    expect(p.timers.length).toBe(1);
    timer.stop();
    expect(p.timers.length).toBe(0);
    timer.reset(20);
    expect(p.timers.length).toBe(1);
    timer[Symbol.dispose]();
    expect(p.timers.length).toBe(0);
    {
      using ticker = new time.Ticker(1);
      go(() => ticker.c.recv());
      go(() => ticker.c.recv());
      yield* time.sleep(1.5);
      expect(p.timers.length).toBe(1);
    }
    expect(p.timers.length).toBe(0);
  });
});

test("a sleep, an after and a tick that lose a select leave the heap", async () => {
  await virtual(function* ({ p }) {
    const ch = chan<number>();
    go(function* () {
      for (let i = 0; i < 3; i++) yield* ch.send(i);
    });
    const timer = new time.Timer(100);
    const nested = select({ a: time.after(50).recv(), b: time.after(60).recvOk() });
    for (let i = 0; i < 3; i++) {
      yield* select({
        m: ch.recv(),
        s: time.sleep(10),
        k: time.tick(10).recv(),
        t: timer.c.recv(),
        ok: timer.c.recvOk(),
        n: nested,
      });
      expect(p.timers.length).toBe(0);
    }
  });
});

test("the same sleep can be performed by many at a time", async () => {
  await virtual(function* ({ p }) {
    const nap = time.sleep(10);
    let awake = 0;
    for (let i = 0; i < 5; i++) {
      go(function* () {
        yield* time.sleep(i);
        yield* nap;
        awake++;
      });
    }
    yield* time.sleep(5);
    expect(p.timers.length).toBe(5);
    yield* time.sleep(7);
    expect(awake).toBe(3);
    yield* time.sleep(10);
    expect(awake).toBe(5);
  });
});
