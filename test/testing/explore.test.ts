/** What `explore` and `replay` find, say, refuse and promise. */
import { ArgumentError, chan, DeadlockError, type Go, go, LeakError, type Panic, runtime, select } from "millrace";
import { Mutex, WaitGroup } from "millrace/sync";
import { EndlessError, type ExploreError, type ExploreOptions, explore, replay } from "millrace/testing";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { found, lostUpdate, thrown } from "./explore-kit.ts";

describe("what is found", () => {
  test("an error that a goroutine throws, which is the cause", async () => {
    const error = await found(lostUpdate);
    expect(error).toMatchObject({ name: "ExploreError", kind: "panic" });
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/^panic: RangeError: 1 of 2\n/);
    expect(error.stack).toMatch(/at .*lostUpdate/);
  });

  test("a deadlock, with where everybody stands", async () => {
    const error = await found(function* () {
      const ch = chan<number>(0, { name: "replies" });
      go(function* peer() {
        yield* ch.recv();
      });
      yield* ch.recv();
    });
    expect(error.kind).toBe("deadlock");
    expect(error.cause).toBeInstanceOf(DeadlockError);
    const { goroutines } = error.cause as DeadlockError;
    expect(goroutines.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
      "main chan receive",
      "peer chan receive",
    ]);
    expect(error.message).toContain('goroutine 2 [chan receive]: channel "replies"');
  });

  test("goroutines that are left, unless that is allowed", async () => {
    const program = function* () {
      const ch = chan<number>();
      go(function* sender() {
        yield* ch.send(1);
      });
    };
    const error = await found(program);
    expect(error.kind).toBe("leak");
    expect((error.cause as LeakError).goroutines.map(({ name }) => name)).toEqual(["sender"]);
    expect(error.cause).toBeInstanceOf(LeakError);
    expect(await explore(program, { leaks: false })).toMatchObject({ complete: true });
  });

  test("a program that does not end, with who is still there", async () => {
    for (const program of [
      function* () {
        go(function* spinner() {
          for (;;) yield* runtime.gosched();
        });
      },
      function* () {
        go(function* ticking() {
          const ticker = new time.Ticker(10);
          for (;;) yield* ticker.c.recv();
        });
      },
      function* main() {
        const ch = chan<number>();
        for (;;) yield* select({ value: ch.recv(), default: true });
      },
    ]) {
      const error = await found(program, { maxSteps: 500 });
      expect(error.kind).toBe("endless");
      expect(error.cause).toBeInstanceOf(EndlessError);
      expect(error.message).toMatch(
        /did not end within 500 steps \(maxSteps\); still there: goroutine \d \((spinner|ticking|main)\)/,
      );
    }
  });

  test("a loop that waits for a flag is no endless program", async () => {
    const result = await explore(function* () {
      let done = false;
      go(function* () {
        while (!done) yield* runtime.gosched();
      });
      go(function* () {
        yield* runtime.gosched();
        done = true;
      });
    });
    expect(result.complete).toBe(true);
  });

  test("a fatal error, though the program catches it", async () => {
    const error = await found(function* () {
      try {
        new Mutex().unlock();
      } catch {}
      yield* runtime.gosched();
    });
    expect(error.message).toMatch(/^panic: FatalError: sync: unlock of unlocked mutex/);
  });

  test("each ready case of a select is taken", async () => {
    const seen = new Set<string>();
    const { runs, complete } = await explore(function* () {
      const [a, b, c] = [chan<number>(1), chan<number>(1), chan<number>()];
      yield* a.send(1);
      yield* b.send(1);
      seen.add((yield* select({ a: a.recv(), b: b.recv(), c: c.recv() })).case);
    });
    expect([...seen].sort()).toEqual(["a", "b"]);
    expect([runs <= 2 + 200, complete]).toEqual([true, true]);
  });
});

describe("time", () => {
  test("is virtual: a day of sleeping takes none", async () => {
    const result = await explore(function* () {
      const start = Number(yield* time.after(1).recv());
      yield* time.sleep(24 * 3_600_000);
      const end = Number(yield* time.after(1).recv());
      if (end - start !== 24 * 3_600_000 + 1) throw new Error(`${end - start}`);
    });
    expect(result).toMatchObject({ complete: true });
  });

  test('stands still while anything can run, or not, with timers: "any"', async () => {
    const program = function* () {
      const ch = chan<string>(1);
      go(function* () {
        yield* runtime.gosched();
        yield* ch.send("quick");
      });
      const s = yield* select({ value: ch.recv(), late: time.after(1000).recv() });
      if (s.case === "late") throw new Error("late");
    };
    expect(await explore(program)).toMatchObject({ complete: true });
    const error = await found(program, { timers: "any" });
    expect(error.message).toMatch(/^panic: late/);
    expect(error.timeline).toContain("1000 ms: timer fires");
    expect(((await thrown(replay(error.schedule, program))) as ExploreError).timeline).toBe(error.timeline);
  });
});

describe("a program with timers", () => {
  const timeout = function* () {
    const done = chan<number>();
    go(function* worker() {
      yield* done.send(1);
    });
    yield* select({ late: time.after(1000).recv(), done: done.recv() });
  };

  test("says that timeouts which come first were left out, and finds them if they are not", async () => {
    expect(await explore(timeout)).toMatchObject({ complete: true, timers: "idle" });
    expect((await found(timeout, { timers: "any" })).kind).toBe("leak");
    expect(await explore(lostUpdate, { leaks: false }).catch(() => ({}))).not.toHaveProperty("timers");
    expect(await explore(function* () {})).not.toHaveProperty("timers");
  });

  test("in which one polls while time can't go on is told why it is endless", async () => {
    const polling = (wait: () => Go<unknown>) =>
      function* main() {
        const stop = chan<never>();
        go(function* worker() {
          for (;;) {
            const s = yield* select({ stop: stop.recv(), default: true });
            if (s.case === "stop") return;
          }
        });
        yield* wait();
        stop.close();
      };
    const sleeps =
      /goroutine 1 \(main\) sleeps, time stands still while goroutine 2 \(worker\) polls at .*explore\.test\.ts:\d+/;
    for (const wait of [
      function* () {
        yield* time.sleep(1);
      },
      function* () {
        yield* select({ late: time.after(1).recv(), never: chan().recv() });
      },
    ]) {
      const { message } = await found(polling(wait), { maxSteps: 500 });
      expect(message.split("\n")[0]).toMatch(sleeps);
      expect(await explore(polling(wait), { timers: "any", strategy: "pct", runs: 50 })).toMatchObject({ runs: 50 });
    }
    // With nothing that waits for time, time is not to blame.
    const { message } = await found(
      polling(function* () {
        yield* chan().recv();
      }),
      { maxSteps: 500 },
    );
    expect(message).not.toContain("time stands still");
  });
});

describe("the host", () => {
  const endless = function* () {
    go(function* () {
      for (;;) yield* time.after(1).recv();
    });
  };

  test("has its turns while one endless program is run, recorded, shrunk and reported", async () => {
    let turns = 0;
    let over = false;
    const count = (): void => {
      turns++;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    await found(endless);
    over = true;
    expect(turns).toBeGreaterThan(10);
  });

  test("can end the search also in the middle of a program", { timeout: 60_000 }, async () => {
    const reason = new Error("enough");
    for (const strategy of ["exhaustive", "pct"] as const) {
      const controller = new AbortController();
      const searching = explore(endless, { strategy, maxSteps: 1e9, signal: controller.signal });
      setTimeout(() => controller.abort(reason), 20);
      expect(await thrown(searching)).toBe(reason);
    }
  });

  test("starts nothing in the program by what it does between two of its steps", async () => {
    const seen: string[] = [];
    const timer = setInterval(() => void go(() => void seen.push("outside")), 1);
    const error = await found(endless);
    clearInterval(timer);
    expect(error.message).not.toContain("outside");
    expect(seen.length).toBeGreaterThan(0);
  });
});

describe("reduction", () => {
  test("three goroutines with four operations each on channels of their own are one order", async () => {
    const { runs, complete, reduced } = await explore(function* () {
      for (let g = 0; g < 3; g++) {
        go(function* () {
          const own = chan<number>(4);
          for (let i = 0; i < 4; i++) yield* own.send(i);
        });
      }
    });
    expect({ complete, reduced }).toEqual({ complete: true, reduced: true });
    expect(runs).toBe(1 + 200); // and those that put the reduction to the test
  });

  test("on one channel they are all 12! / 4!^3", { timeout: 60_000 }, async () => {
    const { runs, complete } = await explore(function* () {
      const one = chan<number>(12);
      for (let g = 0; g < 3; g++) {
        go(function* () {
          for (let i = 0; i < 4; i++) yield* one.send(i);
        });
      }
    });
    expect({ runs, complete }).toEqual({ runs: 34_650 + 2000, complete: true });
  });

  test("is given up for a program that shares a variable which the library does not see", async () => {
    const program = function* () {
      const log: string[] = [];
      const worker = function* (name: string) {
        const own = chan<number>(2);
        yield* own.send(1);
        log.push(name);
        yield* own.send(2);
      };
      for (const g of [go(worker, "a"), go(worker, "b")]) yield* g.join();
      return log.join("");
    };
    expect(await explore(program)).toMatchObject({ complete: true, reduced: false });
    const error = await found(function* () {
      const log = yield* program();
      if (log === "ba") throw new Error(log);
    });
    expect(error.message).toMatch(/^panic: ba/);
  });

  test("can be switched off", async () => {
    const program = function* () {
      const wg = new WaitGroup();
      for (const _ of [1, 2]) wg.go(() => chan<number>(1).send(1));
      yield* wg.wait();
    };
    const [with_, without] = [await explore(program), await explore(program, { reduce: false })];
    expect(with_.runs - 200).toBeLessThan(without.runs);
    expect(without).toMatchObject({ complete: true, reduced: false });
  });
});

describe("PCT", () => {
  test("finds a bug of depth 2 as often as it promises", async () => {
    // Two goroutines, main aside, and about ten steps: at least one run in 3 * 12.
    let hits = 0;
    const tries = 60;
    for (let seed = 1; seed <= tries; seed++) {
      const ran = await explore(lostUpdate, { strategy: "pct", depth: 2, runs: 36, seed }).then(
        () => 0,
        () => 1,
      );
      hits += ran;
    }
    // 36 runs each with a chance of 1/36 or more hit in 63 % of all cases.
    expect(hits / tries).toBeGreaterThan(0.63);
  });
});

describe("arguments", () => {
  const program = function* () {};

  test.each([
    [{ strategy: "all" }, 'strategy: expected "exhaustive", "random" or "pct", got "all"'],
    [{ timers: "never" }, 'timers: expected "idle" or "any", got "never"'],
    [{ runs: 0 }, "runs: expected a whole number from 1 up, got 0"],
    [{ maxSteps: 1.5 }, "maxSteps: expected a whole number from 1 up, got 1.5"],
    [{ depth: -1 }, "depth: expected a whole number from 1 up, got -1"],
    [{ seed: Number.NaN }, "seed: expected a whole number, got NaN"],
    ["fast", 'expected options like { strategy, runs }, got "fast"'],
  ])("%j", async (options, says) => {
    const error = await thrown(explore(program, options as ExploreOptions));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toBe(`explore: ${says}`);
  });

  test("no function", async () => {
    expect(((await thrown(explore(undefined as never))) as Panic).code).toBe("NIL_FUNCTION");
    expect(((await thrown(explore(7 as never))) as Error).message).toContain("got 7");
    expect(((await thrown(replay(7 as never, program))) as Error).message).toContain(
      "expected a schedule (a string), got 7",
    );
  });

  test("a signal ends the search, and progress is told", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const endless = explore(
      function* () {
        const one = chan<number>(12);
        for (let g = 0; g < 4; g++) go(() => one.send(g));
        for (let g = 0; g < 4; g++) go(() => one.send(g));
      },
      {
        runs: 1e9,
        signal: controller.signal,
        progress: (runs) => {
          seen.push(runs);
          if (seen.length === 3) controller.abort(new Error("enough"));
        },
      },
    );
    expect(((await thrown(endless)) as Error).message).toBe("enough");
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test("progress of an exhaustive search comes with about how many runs there will be", {
    timeout: 60_000,
  }, async () => {
    const program = function* () {
      const one = chan<number>(12);
      for (let g = 0; g < 3; g++) {
        go(function* () {
          for (let i = 0; i < 4; i++) yield* one.send(i);
        });
      }
    };
    const estimates: (number | undefined)[] = [];
    const { runs } = await explore(program, { progress: (_, estimate) => estimates.push(estimate) });
    expect(runs).toBe(34_650 + 2000);
    const middle = estimates[estimates.length >> 1] ?? 0;
    expect(middle).toBeGreaterThan(runs / 10);
    expect(middle).toBeLessThan(runs * 10);
    const others: (number | undefined)[] = [];
    await explore(program, { strategy: "pct", runs: 5000, progress: (_, estimate) => others.push(estimate) });
    expect(new Set(others)).toEqual(new Set([undefined]));
  });

  test("runs limits the search", async () => {
    const program = function* () {
      const one = chan<number>(12);
      for (let g = 0; g < 4; g++) go(() => one.send(g));
    };
    expect(await explore(program, { runs: 5 })).toEqual({ runs: 5, complete: false, reduced: false });
    expect(await explore(program, { strategy: "pct", runs: 5 })).toEqual({ runs: 5, complete: false, reduced: false });
  });
});
