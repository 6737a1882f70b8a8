/** The schedule that exploration finds: what it is, that it replays, and what can't be explored. */
import { ArgumentError, chan, go, runtime, select, wait } from "millrace";
import { WorkerPool } from "millrace/patterns";
import { RWMutex } from "millrace/sync";
import { type ExploreError, explore, NotDeterministicError, replay, UnexplorableError } from "millrace/testing";
import { describe, expect, test } from "vitest";
import { found, lostUpdate, thrown } from "./explore-kit.ts";

describe("the schedule", () => {
  test("is shrunk to the switch that matters", async () => {
    const error = await found(
      function* () {
        const noise = function* () {
          for (let i = 0; i < 5; i++) yield* runtime.gosched();
        };
        go(noise);
        go(noise);
        yield* lostUpdate();
      },
      { strategy: "random" },
    );
    expect(error.message).toMatch(/A schedule with [12] unforced switch(es)?, shrunk from one with \d+:/);
  });

  test("is drawn as a timeline, goroutines side by side", async () => {
    const error = await found(function* () {
      const jobs = chan<number>(1, { name: "jobs" });
      go(function* closer() {
        jobs.close();
      });
      go(function* worker() {
        yield* jobs.send(1);
      });
    });
    const lines = error.timeline.split("\n").map((line) => line.replace(/\s+\S+\.ts:\d+$/, "").trimEnd());
    expect(lines).toEqual([
      "main        │ 2 closer   │ 3 worker",
      "────────────┼────────────┼──────────────────────────────",
      "go 2 closer │            │",
      "go 3 worker │            │",
      "            │ close jobs │",
      "            │ ends       │",
      "            │            │ starts",
      "            │            │ panic: send on closed channel",
    ]);
    expect(error.timeline).toMatch(/panic: send on closed channel {3}explore-schedule\.test\.ts:\d+$/);
    expect(error.message).toContain(`To run it again: await replay("${error.schedule}", program)`);
  });

  test("gives the same failure again, and the program's result once it is fixed", async () => {
    const error = await found(lostUpdate);
    const again = (await thrown(replay(error.schedule, lostUpdate))) as ExploreError;
    expect([again.timeline, again.schedule, again.kind, String(again.cause)]).toEqual([
      error.timeline,
      error.schedule,
      error.kind,
      String(error.cause),
    ]);
    const none = await found(function* () {
      throw new Error("always");
    });
    expect(
      await replay(none.schedule, function* () {
        return 42;
      }),
    ).toBe(42);
  });

  test("is the same each time and on every machine", async () => {
    expect((await found(lostUpdate)).schedule).toBe("mr1:i:3.1~74");
    for (const strategy of ["pct", "random"] as const) {
      const [one, two] = [
        await found(lostUpdate, { strategy, seed: 3 }),
        await found(lostUpdate, { strategy, seed: 3 }),
      ];
      expect([one.schedule, one.runs]).toEqual([two.schedule, two.runs]);
    }
  });

  test("carries the settings that the failure depends on", async () => {
    const program = function* () {
      go(function* () {
        for (;;) yield* runtime.gosched();
      });
    };
    const { schedule } = await found(program, { maxSteps: 50, leaks: false });
    expect(schedule).toMatch(/^mr1:in50:~..$/);
    expect(((await thrown(replay(schedule, program))) as Error).message).toContain("within 50 steps");
  });

  test.each([
    ["", "it does not begin with"],
    ["mr2:i:~aa", "its version is 2"],
    ["mr1:i:3.1~7", "part of it is missing"],
    ["mr1:i:3.1", "part of it is missing"],
    ["mr1:i:4.1~74", "its check sum is wrong"],
    ["mr1:i99999999999999999999:~7u", "a number in it is too large"],
    ["mr1:i:zzzzzzzzzzzzzzzzzzzz.1~xt", "a number in it is too large"],
    ["mr1:x:~ma", "part of it is missing"],
  ])("%j is refused", async (text, why) => {
    const error = await thrown(replay(text, lostUpdate));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toContain(why);
    expect((error as Error).message).toContain(JSON.stringify(text));
  });

  test("of another program is refused", async () => {
    const { schedule } = await found(lostUpdate);
    const error = await thrown(replay(schedule, function* () {}));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toMatch(/does not fit it \(.*explore it again/s);
  });
});

describe("the timeline", () => {
  test("fits 80 columns, with goroutines side by side as long as there is room", async () => {
    const program = (n: number) =>
      function* () {
        const requests = chan<string>(0, { name: "requests" });
        for (let i = 0; i < n; i++) {
          go(function* customer() {
            yield* requests.send(`the request of customer number ${i}`);
          });
        }
        for (let i = 0; i < n; i++) yield* requests.recv();
        throw new Error("a message that is longer than what a column has room for");
      };
    for (const [n, head] of [
      [2, "main +│ 2 customer"],
      [9, "goroutine +│ step"],
    ] as const) {
      const { timeline } = await found(program(n));
      const lines = timeline.split("\n").map((line) => line.replace(/\s+\S+\.ts:\d+$/, ""));
      expect(lines[0]).toMatch(new RegExp(`^${head}`));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(57);
    }
  });

  test("is the same when it is replayed, also of a long run", async () => {
    const program = function* () {
      const [own, ch] = [chan<number>(1), chan<number>()];
      for (let i = 0; i < 200; i++) {
        yield* own.send(i);
        yield* own.recv();
      }
      yield* ch.recv();
    };
    const error = await found(program);
    expect(error.timeline).toMatch(/… \d+ lines before these/);
    const rows = error.timeline.split("\n").slice(3);
    for (const row of rows) expect(row).toMatch(/explore-schedule\.test\.ts:\d+$/);
    expect(((await thrown(replay(error.schedule, program))) as ExploreError).timeline).toBe(error.timeline);
  });

  test("is short: switches come early, rather than after a hundred rounds of a loop", async () => {
    const program = function* () {
      const mu = new RWMutex();
      let closed = false;
      go(function* get() {
        for (;;) {
          yield* mu.rLock();
          if (closed) return;
          mu.rUnlock();
        }
      });
      yield* mu.lock();
      closed = true;
      mu.unlock();
      yield* mu.lock();
      mu.unlock();
    };
    for (const strategy of ["pct", "random", "exhaustive"] as const) {
      const { timeline, schedule } = await found(program, { strategy });
      expect(timeline.split("\n").length).toBeLessThan(15);
      expect(((await thrown(replay(schedule, program))) as ExploreError).timeline).toBe(timeline);
    }
  });
});

describe("what can't be explored is named", () => {
  const refused = async (program: () => unknown): Promise<string> => {
    const error = await thrown(explore(program));
    expect(error).toBeInstanceOf(UnexplorableError);
    return (error as Error).message;
  };

  test("an async function", async () => {
    expect(await refused(async () => {})).toMatch(/^the program is an async function/);
    expect(
      await refused(function* () {
        yield* go(async function fetcher() {}).join();
      }),
    ).toMatch(/^goroutine 2 \(fetcher\) is an async function/);
  });

  test("a wait for a promise, alone or in a select", async () => {
    const settled = Promise.resolve(1);
    const says = /^goroutine 1 \(main\) waits for a promise/;
    expect(
      await refused(function* () {
        yield* wait(settled);
      }),
    ).toMatch(says);
    expect(
      await refused(function* () {
        try {
          yield* select({ settled: wait(settled), default: true });
        } catch {}
      }),
    ).toMatch(says);
  });

  const notDeterministic = async (program: () => unknown): Promise<string> => {
    const error = await thrown(explore(program));
    expect(error).toBeInstanceOf(NotDeterministicError);
    return (error as Error).message;
  };

  test("chance and the clock, with the line that asks", async () => {
    const program = (say: () => number) =>
      function* () {
        const ch = chan<number>(1);
        yield* ch.send(say());
      };
    expect(await notDeterministic(program(() => Math.random()))).toMatch(
      /Math\.random\(\) at .*explore-schedule\.test\.ts:\d+/,
    );
    expect(await notDeterministic(program(() => Date.now()))).toMatch(
      /Date\.now\(\) at .*explore-schedule\.test\.ts:\d+/,
    );
    expect(await notDeterministic(program(() => new Date().getHours()))).toMatch(
      /new Date\(\) at .*explore-schedule\.test\.ts/,
    );
    expect(await notDeterministic(program(() => performance.now()))).toMatch(/performance\.now\(\) at /);
  });

  test("and numbers that are given over all runs are no difference, in a select neither", async () => {
    const program = function* () {
      const pool = new WorkerPool((n: number) => n, { workers: 1 });
      const g = go(function* waiting() {
        yield* chan<number>(1).send(1);
      });
      yield* select({ ended: g.join(), answer: pool.run(1), never: chan().recv() });
      yield* pool.drain();
    };
    expect(await explore(program)).toMatchObject({ complete: true });
    new WorkerPool(() => {});
    expect(await explore(program)).toMatchObject({ complete: true });
  });

  test("what is left over from the run before", async () => {
    let runs = 0;
    const message = await notDeterministic(function* () {
      if (runs++ % 2 === 0) yield* runtime.gosched();
    });
    expect(message).toMatch(/under one schedule, event \d+ was .*\n.*a variable outside of it keeps its value/);
  });

  test("and a clock that only looks is left alone, as the host's own is afterwards", async () => {
    const [random, date, now] = [Math.random, Date, performance.now];
    const result = await explore(function* () {
      const start = Date.now();
      yield* runtime.gosched();
      if (Date.now() < start) throw new Error("never");
    });
    expect(result.complete).toBe(true);
    expect([Math.random, Date, performance.now]).toEqual([random, date, now]);
  });
});
