import { chan, DeadlockError, go, nilChan, type Op, Panic, run, runtime, select, wait } from "millrace";
import { background, withTimeout } from "millrace/context";
import { Cond, ErrGroup, Limiter, Mutex, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { BubbleError, bubble, settle } from "millrace/testing";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { failure } from "./bubble-kit.ts";

describe("time", () => {
  test("begins on 2000-01-01 and jumps", async () => {
    const [began, passed] = await bubble(function* () {
      const start = time.now();
      yield* time.sleep(36 * time.Hour);
      return [start.toISOString(), time.since(start)] as const;
    });
    expect([began, passed]).toEqual(["2000-01-01T00:00:00.000Z", 36 * time.Hour]);
  });

  test("a day of tickers takes milliseconds", async () => {
    const before = process.cpuUsage();
    const counts = await bubble(function* () {
      const counts = [0, 0, 0];
      const tickers = [time.Second, time.Minute, time.Hour].map((d) => new time.Ticker(d));
      const [ctx] = withTimeout(background(), 24 * time.Hour + 1);
      const wg = new WaitGroup();
      for (const [i, ticker] of tickers.entries()) {
        wg.go(function* () {
          for (;;) {
            const s = yield* select({ tick: ticker.c.recv(), done: ctx.done().recv() });
            if (s.case === "done") return;
            counts[i]!++;
          }
        });
      }
      yield* wg.wait();
      return counts;
    });
    expect(counts).toEqual([86_400, 1440, 24]);
    // The processor's time, since a machine may have other things to do: some 150 ms.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(5000);
  });

  test("stands still while anybody can run", async () => {
    await bubble(function* () {
      const start = time.now();
      go(function* () {
        for (let i = 0; i < 30_000; i++) yield* runtime.gosched();
        expect(time.since(start)).toBe(0);
      });
      yield* time.sleep(1);
      yield* settle();
    });
  });

  test("promise reactions come before the next timer", async () => {
    const seen: string[] = [];
    await bubble(function* () {
      const ch = chan<void>();
      void (async () => {
        for (let i = 0; i < 50; i++) await null;
        seen.push("promise");
        await ch.send();
      })();
      const s = yield* select({ ch: ch.recv(), late: time.after(1).recv() });
      seen.push(s.case);
    });
    expect(seen).toEqual(["promise", "ch"]);
  });

  test("jumps to the nearest timer, whichever run's that is", async () => {
    const log = await bubble(function* () {
      const log: string[] = [];
      const nested = run(function* () {
        for (const minutes of [10, 10, 25]) {
          yield* time.sleep(minutes * time.Minute);
          log.push(`nested ${minutes}`);
        }
      });
      for (const minutes of [30, 5, 5]) {
        yield* time.sleep(minutes * time.Minute);
        log.push(`main ${minutes}`);
      }
      yield* wait(nested);
      return log;
    });
    expect(log).toEqual(["nested 10", "nested 10", "main 30", "main 5", "main 5", "nested 25"]);
  });

  test("two bubbles have clocks of their own", async () => {
    const sleeper = (n: number) =>
      bubble(function* () {
        const start = time.now();
        for (let i = 0; i < 10; i++) yield* time.sleep(n);
        return time.since(start);
      });
    expect(await Promise.all([sleeper(1), sleeper(1000)])).toEqual([10, 10_000]);
  });
});

describe("settle", () => {
  test("returns when everybody else is durably blocked, and time has not moved", async () => {
    await bubble(function* () {
      const log: string[] = [];
      const start = time.now();
      const ch = chan<string>();
      go(function* () {
        for (let i = 0; i < 5; i++) yield* runtime.gosched();
        log.push("parked");
        log.push((yield* ch.recv()) as string);
        yield* time.sleep(5);
        log.push("slept");
      });
      yield* settle();
      expect(log).toEqual(["parked"]);
      yield* ch.send("received");
      yield* settle();
      expect(log).toEqual(["parked", "received"]);
      expect(time.since(start)).toBe(0);
      yield* time.sleep(5);
      yield* settle();
      expect(log).toEqual(["parked", "received", "slept"]);
    });
  });

  test("in an async function", async () => {
    await bubble(async () => {
      let done = false;
      go(async () => {
        for (let i = 0; i < 20; i++) await null;
        done = true;
      });
      await settle();
      expect(done).toBe(true);
    });
  });

  test("is refused outside of a bubble, and twice at a time", async () => {
    expect(() => settle()).toThrow("settle: works only in a bubble");
    await expect(
      run(function* () {
        yield* settle();
      }),
    ).rejects.toMatchObject({ code: "BUBBLE" });
    await expect(
      bubble(function* () {
        go(() => settle());
        yield* settle();
      }),
    ).rejects.toThrow("somebody waits in settle already");
  });

  test("one of another bubble is refused", async () => {
    let theirs: Op<void> | undefined;
    await bubble(function* () {
      theirs = settle();
    });
    const mine = bubble(function* () {
      yield* theirs as Op<void>;
    });
    await expect(mine).rejects.toThrow("another bubble's");
  });
});

/** Everything that blocks in a bubble and that only the bubble can end. */
const durable: Record<string, () => unknown> = {
  "chan receive": () => chan().recv(),
  "chan send": () => chan<number>().send(1),
  "chan receive (nil chan)": () => nilChan().recv(),
  "chan send (nil chan)": () => nilChan<number>().send(1),
  select: () => select([chan().recv(), nilChan().recv(), time.sleep(Infinity)]),
  "select (no cases)": () => select({}),
  sleep: () => time.sleep(Infinity),
  "sync.Mutex.Lock": () => (locked(new Mutex()) as Mutex).lock(),
  "sync.RWMutex.Lock": () => (locked(new RWMutex()) as RWMutex).lock(),
  "sync.RWMutex.RLock": () => (locked(new RWMutex()) as RWMutex).rLock(),
  "sync.WaitGroup.Wait": () => {
    const wg = new WaitGroup();
    wg.add(1);
    return wg.wait();
  },
  "sync.Cond.Wait": function* () {
    const mu = new Mutex();
    mu.tryLock();
    yield* new Cond(mu).wait();
  },
  semacquire: () => new Semaphore(0).acquire(),
  join: () => go(() => chan().recv()).join(),
  errgroup: () => {
    const group = new ErrGroup();
    group.go(() => chan().recv());
    return group.wait();
  },
  "rate limit": () => {
    const limiter = new Limiter(0, 1);
    limiter.allow();
    return limiter.wait();
  },
};

function locked<M extends { tryLock(): boolean }>(mu: M): M {
  mu.tryLock();
  return mu;
}

describe("durably blocked", () => {
  test.each(Object.entries(durable))("%s", async (reason, fn) => {
    const error = await failure(function* () {
      go(fn as () => Generator);
      yield* settle(); // returns although that goroutine waits
      yield* chan().recv();
    }, Error);
    if (error instanceof DeadlockError) expect(error.goroutines.map((g) => g.reason)).toContain(reason);
    else expect(error.message).toMatch(/would never|can never|burst|rate/); // a limiter that refuses what can't come
  });
});

describe("a deadlock", () => {
  test("fails the bubble at once, with the dump", async () => {
    const error = await failure(function* main() {
      const ch = chan<number>(0, { name: "results" });
      go(function* worker() {
        yield* time.sleep(time.Hour);
        yield* ch.send(1);
      });
      yield* chan().recv();
    }, DeadlockError);
    expect(error.goroutines.map(({ name, reason }) => [name, reason])).toEqual([
      ["main", "chan receive"],
      ["worker", "chan send"],
    ]);
    expect(error.message).toMatch(/all goroutines are asleep[\s\S]*main\(\)\n\t.*bubble\.test\.ts[\s\S]*"results"/);
  });

  test("of async functions too", async () => {
    const error = await failure(async () => {
      await time.sleep(10);
      await chan().recv();
    }, DeadlockError);
    expect(error.goroutines).toHaveLength(1);
  });

  test("in a nested run is that run's", async () => {
    const seen = await bubble(function* () {
      const nested = run(function* () {
        yield* time.sleep(time.Hour);
        yield* chan().recv();
      });
      const start = time.now();
      const error = yield* wait(nested.catch((error: unknown) => error));
      return [error instanceof DeadlockError, time.since(start)];
    });
    expect(seen).toEqual([true, time.Hour]);
  });
});

describe("a loop that polls while others wait for time", () => {
  const says = (sleeper: string) =>
    new RegExp(
      `^bubble: ${sleeper}time stands still while goroutine \\d \\((worker|main)\\) polls at .*bubble\\.test\\.ts:`,
    );

  test.each<[string, () => unknown, RegExp]>([
    [
      "a select with a default",
      function* main() {
        const stop = chan<never>();
        go(function* worker() {
          for (;;) if ((yield* select({ stop: stop.recv(), default: true })).case === "stop") return;
        });
        yield* time.sleep(1);
        stop.close();
      },
      says("goroutine 1 \\(main\\) sleeps, "),
    ],
    [
      "gosched",
      function* main() {
        let stop = false;
        go(function* worker() {
          while (!stop) yield* runtime.gosched();
        });
        yield* time.after(1).recv();
        stop = true;
      },
      says("goroutine 1 \\(main\\) sleeps, "),
    ],
    [
      "a look at a timer",
      function* main() {
        const late = time.after(1);
        for (;;) if ((yield* select({ late: late.recv(), default: true })).case === "late") return;
      },
      says(""),
    ],
  ])("is named after a moment: %s", { timeout: 60_000 }, async (_, fn, message) => {
    expect((await failure(fn, BubbleError)).message).toMatch(message);
  });
});

describe("a bubble", () => {
  test("gives what fn returns, throws what it throws, ends with a panic", async () => {
    expect(await bubble(() => 42)).toBe(42);
    expect(await bubble(async () => "async")).toBe("async");
    expect(await bubble(() => chan<number>(1).send(1))).toBeUndefined();
    await expect(bubble(() => Promise.reject(new Error("oh")))).rejects.toThrow("oh");
    const panicked = bubble(function* () {
      go(() => chan<number>().close());
      go(function* () {
        const ch = chan();
        ch.close();
        ch.close();
      });
      yield* chan().recv();
    });
    await expect(panicked).rejects.toBeInstanceOf(Panic);
  });

  test("makes the same choices each time, and others with another seed", async () => {
    const choices = (options?: { seed: number }) =>
      bubble(function* () {
        const channels = Array.from({ length: 4 }, () => chan<number>(100));
        for (const ch of channels) for (let i = 0; i < 30; i++) ch.trySend(i);
        let chosen = "";
        for (let i = 0; i < 30; i++) chosen += (yield* select(channels.map((ch) => ch.recv()))).index;
        return chosen;
      }, options);
    expect(await choices()).toBe(await choices());
    expect(await choices({ seed: 2 })).not.toBe(await choices());
  });

  test("holds the runs that are started in it", async () => {
    const passed = await bubble(function* () {
      const start = time.now();
      const nested = run(function* () {
        yield* time.sleep(time.Hour);
        return "nested";
      });
      return [yield* wait(nested), time.since(start)];
    });
    expect(passed).toEqual(["nested", time.Hour]);
  });

  test("in another one is refused", async () => {
    const nested = bubble(function* () {
      yield* wait(bubble(() => 1));
    });
    await expect(nested).rejects.toThrow("this goroutine is in a bubble already");
  });

  test("refuses bad arguments by name", async () => {
    await expect(bubble(undefined as never)).rejects.toMatchObject({ code: "NIL_FUNCTION" });
    await expect(bubble(3 as never)).rejects.toThrow("bubble: expected a function, got 3");
    await expect(bubble(() => 1, { seed: 0.5 })).rejects.toThrow("bubble: seed: expected a whole number, got 0.5");
    await expect(bubble(() => 1, { patience: -1 })).rejects.toThrow(
      "bubble: patience: expected a duration in milliseconds",
    );
    await expect(bubble(() => 1, null as never)).rejects.toThrow("bubble: expected options");
  });

  test("leaves nothing behind when it fails", async () => {
    const before = process.getActiveResourcesInfo().length;
    for (let i = 0; i < 500; i++) await bubble(() => chan().recv()).catch(() => {});
    // The test runner has some of its own, which come and go.
    expect(process.getActiveResourcesInfo().length).toBeLessThan(before + 50);
  });

  test("is no leak for noLeaks", async () => {
    const { noLeaks } = await import("millrace/testing");
    await using _ = noLeaks();
    await bubble(function* () {
      go(() => chan().recv());
    }).catch(() => {});
    await bubble(() => chan().recv()).catch(() => {});
  });
});
