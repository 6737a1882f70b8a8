/** Where time goes: programs that say themselves how much of it passes, so every figure is known. */
import "../kit/ticking.ts"; // before the runtime, which takes its clock once

import { chan, type Go, go, run, runtime, wait } from "millrace";
import { type Profile, Profiler } from "millrace/pprof";
import { Mutex, WaitGroup } from "millrace/sync";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hostClock, tickingClock } from "../kit/ticking.ts";

let clock: { now: number };
beforeEach(() => {
  clock = tickingClock(0);
});
afterEach(() => hostClock());

/** Milliseconds of work. */
const work = (ms: number): void => {
  clock.now += ms;
};

async function profiled(main: () => unknown): Promise<Profile> {
  const profiler = new Profiler();
  profiler.start();
  await run(main, { seed: 1 });
  return profiler.stop();
}

const HERE = /profiler\.test\.ts:\d+$/;

describe("goroutines", () => {
  test("by function: how long they ran, were ready, and waited for what", async () => {
    const profile = await profiled(function* main() {
      const jobs = chan<number>(1, { name: "jobs" });
      const done = chan<void>();
      go(function* worker() {
        for (let n = 0; n < 3; n++) yield* jobs.send(n);
        work(7);
        yield* done.send();
      });
      yield* jobs.recv(); // the worker sends one, one into the buffer, and waits with the third
      work(20);
      yield* jobs.recv(); // and goes on when main does not
      work(30);
      yield* jobs.recv();
      yield* done.recv();
    });
    const [main, worker] = ["main", "worker"].map((name) => profile.goroutines.find((each) => each.name === name));
    expect(main).toMatchObject({ started: 1, live: 0, running: 50, longest: 50 });
    expect(main?.blocked).toEqual([{ reason: "chan receive", ms: 7 }]);
    expect(worker).toMatchObject({ started: 1, live: 0, running: 7, longest: 7, origin: expect.stringMatching(HERE) });
    expect(worker?.blocked).toEqual([{ reason: "chan send", ms: 20 }]);
    expect(worker?.runnable).toMatchObject({ total: 30, longest: 30 });
    expect(profile.elapsed).toBe(57);
    expect(profile.busy).toEqual([{ thread: 0, share: 1 }]);
  });

  test("of one name that are started at two lines are two rows, and those that still live are counted", async () => {
    const profiler = new Profiler();
    profiler.start();
    await run(
      function* main() {
        const never = chan<void>();
        function* twin(): Go {
          yield* never.recv();
        }
        for (let i = 0; i < 3; i++) go(twin);
        go(twin);
        yield* runtime.gosched();
        const rows = profiler.stop().goroutines.filter(({ name }) => name === "twin");
        expect(rows.map(({ started, live }) => [started, live]).sort()).toEqual([
          [1, 1],
          [3, 3],
        ]);
        expect(new Set(rows.map(({ origin }) => origin)).size).toBe(2);
      },
      { leaks: false },
    );
  });

  test("that were there before have a name", async () => {
    await run(function* main() {
      const [ask, answer] = [chan<void>(), chan<void>()];
      go(function* old() {
        yield* ask.recv();
        work(5);
        yield* answer.send();
      });
      yield* runtime.gosched();
      const profiler = new Profiler();
      profiler.start();
      yield* ask.send();
      yield* answer.recv();
      expect(profiler.stop().goroutines.find(({ name }) => name === "old")).toMatchObject({ started: 0, running: 5 });
    });
  });
});

describe("waits", () => {
  test("are told by the line, with all of their times", async () => {
    const profile = await profiled(function* main() {
      const ch = chan<number>(0, { name: "numbers" });
      const wg = new WaitGroup();
      wg.go(function* reader(): Go {
        for (let i = 0; i < 4; i++) yield* ch.recv();
        yield* ch.recv();
      });
      for (const ms of [1, 1, 1, 50, 10]) {
        yield* runtime.gosched();
        work(ms);
        yield* ch.send(ms);
      }
      yield* wg.wait();
    });
    const reader = profile.waits.filter(({ goroutine }) => goroutine === "reader");
    expect(reader).toHaveLength(2);
    expect(reader[0]).toMatchObject({ reason: "chan receive", on: "numbers", count: 4, total: 53, longest: 50 });
    expect(reader[0]?.p50).toBeCloseTo(1, 0);
    expect(reader[0]?.p99).toBeGreaterThan(45);
    expect(reader[0]?.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(4);
    expect(reader[1]).toMatchObject({ count: 1, total: 10 });
    const [first, second] = reader.map(({ line }) => Number(/:(\d+)$/.exec(line)?.[1]));
    expect((second as number) - (first as number)).toBe(1);
  });

  test("of asynchronous functions are counted too", async () => {
    const profile = await profiled(async function main() {
      const ch = chan<number>();
      go(function* sender(): Go {
        yield* wait(new Promise((done) => setImmediate(done)));
        work(12);
        yield* ch.send(1);
      });
      await ch.recv();
    });
    expect(profile.waits.find(({ reason }) => reason === "chan receive")).toMatchObject({
      goroutine: "async function",
      line: "",
      count: 1,
      total: 12,
    });
  });

  test("that go on when it is stopped count up to then", async () => {
    await run(
      function* main() {
        const profiler = new Profiler();
        profiler.start();
        go(function* stuck() {
          yield* chan<void>().recv();
        });
        yield* runtime.gosched();
        work(40);
        expect(profiler.stop().waits.find(({ goroutine }) => goroutine === "stuck")).toMatchObject({
          count: 1,
          total: 40,
        });
      },
      { leaks: false },
    );
  });
});

test("channels: how full, how many values, how long senders and receivers wait", async () => {
  const profile = await profiled(function* main() {
    const ch = chan<number>(2, { name: "buffer" });
    yield* ch.send(1);
    work(10); // one of two
    yield* ch.send(2);
    work(30); // full
    go(function* late() {
      yield* ch.send(3);
    });
    yield* runtime.gosched();
    work(20); // full, and one waits
    for (let i = 0; i < 3; i++) yield* ch.recv();
    work(40); // empty
  });
  const [row] = profile.channels;
  expect(row).toMatchObject({ name: "buffer", capacity: 2, count: 1, sent: 3, received: 3, full: 0.5, fill: 0.55 });
  expect(row?.made).toMatch(HERE);
  expect(row?.senders).toMatchObject({ count: 1, total: 20 });
  expect(row?.receivers.count).toBe(0);
});

test("channels that are made at one line and have no name are one row", async () => {
  const profile = await profiled(function* main() {
    for (let i = 0; i < 3; i++) yield* chan<number>(1).send(i);
  });
  expect(profile.channels).toHaveLength(1);
  expect(profile.channels[0]).toMatchObject({ name: "", count: 3, sent: 3, received: 0 });
});

test("locks: how long they are waited for and held, by which function longest, and where that one took it", async () => {
  const profile = await profiled(function* main() {
    const cache = new Mutex({ name: "cache" });
    const wg = new WaitGroup();
    const hold = (ms: number) =>
      function* holder(): Go {
        yield* cache.lock();
        yield* runtime.gosched();
        work(ms);
        cache.unlock();
      };
    wg.go(hold(5));
    wg.go(hold(25));
    yield* wg.wait();
  });
  const [lock] = profile.locks;
  expect(lock?.name).toContain("cache");
  expect(lock?.holds).toMatchObject({ count: 2, total: 30, longest: 25 });
  expect(lock?.waits).toMatchObject({ count: 1, total: 5 });
  expect(lock?.holder).toBe("holder");
  expect(lock?.line).toMatch(HERE);
});

test("a lock that is held when the run ends was held by the function that took it", async () => {
  const profile = await profiled(function* main() {
    yield* new Mutex({ name: "kept" }).lock();
    work(9);
  });
  expect(profile.locks[0]?.holds).toMatchObject({ count: 1, total: 9 });
  expect(profile.locks[0]?.holder).toBe("main");
});

test("what is wrong is said at the call", () => {
  expect(() => new Profiler({ interval: 0 })).toThrow("Profiler: interval: expected a number from 0.05 to 1000, got 0");
  expect(() => new Profiler({ cpu: 1 as never })).toThrow("Profiler: cpu: expected true or false, got 1");
  expect(() => new Profiler().stop()).toThrow("Profiler.stop: it was not started");
  const profiler = new Profiler();
  profiler.start();
  profiler.start();
  const profile = profiler.stop();
  expect(() => profile.pprof("heap" as never)).toThrow('expected "goroutine", "block", "mutex" or "cpu", got "heap"');
  expect(() => profile.table({ rows: 0 })).toThrow("Profile.table: rows: expected a whole number from 1 up, got 0");
  expect(() => profile.pprof("cpu")).toThrow("make the Profiler with { cpu: true }");
});

test("a program that waits very often is not slowed down much by its lines, and all of its waits are counted", async () => {
  hostClock();
  const profile = await profiled(function* main() {
    const ch = chan<number>();
    go(function* sender() {
      for (let i = 0; i < 100_000; i++) yield* ch.send(i);
    });
    for (let i = 0; i < 100_000; i++) yield* ch.recv();
  });
  const waits = profile.waits.filter(({ reason }) => reason.startsWith("chan"));
  const counted = waits.reduce((sum, { count }) => sum + count, 0);
  expect(counted).toBeGreaterThan(99_000);
  expect(profile.channels[0]).toMatchObject({ sent: 100_000, received: 100_000 });
});
