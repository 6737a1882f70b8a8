/** Several runs at once on one thread, runs inside runs, and the default run outside of any. */
import { type Chan, chan, type Goroutine, go, RunEndedError, run, runtime, select, wait } from "millrace";
import { background, withTimeout } from "millrace/context";
import { WorkerPool } from "millrace/patterns";
import { Mutex } from "millrace/sync";
import { bubble } from "millrace/testing";
import * as time from "millrace/time";
import { describe, expect, test } from "vitest";
import { endingsOf } from "../../src/runtime/run-end.ts";
import { turns } from "../kit/turns.ts";

test("runs take turns: one that never blocks doesn't keep another from its end", async () => {
  const controller = new AbortController();
  const spinning = run(
    function* () {
      const ch = chan<number>();
      for (;;) yield* select({ v: ch.recv(), default: true });
    },
    { signal: controller.signal },
  ).catch((error: unknown) => error);
  const result = await run(function* () {
    const ch = chan<number>();
    go(function* () {
      for (let i = 0; i < 1000; i++) yield* ch.send(i);
      ch.close();
    });
    let sum = 0;
    for (;;) {
      const [value, ok] = yield* ch.recvOk();
      if (!ok) return sum;
      sum += value;
    }
  });
  expect(result).toBe(499_500);
  controller.abort("enough");
  expect(await spinning).toBe("enough");
});

test("each run counts and numbers its own goroutines", async () => {
  const count = (n: number): Promise<number[]> =>
    run(function* () {
      const gate = chan<void>();
      const ids = Array.from({ length: n }, () => go(() => gate.recv()).id);
      yield* runtime.gosched();
      expect(runtime.numGoroutine()).toBe(n + 1);
      expect(runtime.goroutines().length).toBe(n + 1);
      return ids;
    });
  expect(await Promise.all([count(2), count(3)])).toStrictEqual([
    [2, 3],
    [2, 3, 4],
  ]);
});

test("a panic ends its own run only", async () => {
  const gate = chan<void>();
  const survivor = run(function* () {
    yield* gate.recv();
    return "alive";
  });
  await expect(
    run(() => {
      throw new Error("boom");
    }),
  ).rejects.toThrow("boom");
  gate.close();
  expect(await survivor).toBe("alive");
});

test("runs meet on a channel that belongs to neither", async () => {
  const ch = chan<number>();
  const back = chan<number>();
  const a = run(function* () {
    yield* ch.send(20);
    return (yield* back.recv()) as number;
  });
  const b = run(function* () {
    const value = (yield* ch.recv()) as number;
    yield* back.send(value + 1);
    return value;
  });
  expect(await Promise.all([a, b])).toStrictEqual([21, 20]);
});

test("a run inside a goroutine: waited for like any promise, its panic is thrown there", async () => {
  const result = await run(function* () {
    const inner = yield* wait(run(() => 41));
    try {
      yield* wait(
        run(function* () {
          yield* runtime.gosched();
          throw new Error("inner");
        }),
      );
    } catch (error) {
      return `${inner + 1} ${(error as Error).message}`;
    }
    return "";
  });
  expect(result).toBe("42 inner");
});

test("outside of any run, go and await work on the default run", async () => {
  const ch = chan<number>();
  const g = go(function* () {
    yield* ch.send(1);
    return "sent";
  });
  expect(await ch.recv()).toBe(1);
  expect(await g.join()).toBe("sent");
  expect(g.id).toBeGreaterThan(0);
});

test("the default run goes on while runs come and go, and knows its goroutines", async () => {
  const before = runtime.numGoroutine();
  const requests = chan<{ n: number; reply: ReturnType<typeof chan<number>> }>();
  const server = go(function* server() {
    for (;;) {
      const request = yield* requests.recv();
      if (request === undefined) return "closed";
      yield* request.reply.send(request.n * 2);
    }
  });
  expect(runtime.numGoroutine()).toBe(before + 1);
  for (let n = 0; n < 5; n++) {
    const answer = await run(function* () {
      const reply = chan<number>();
      yield* requests.send({ n, reply });
      return yield* reply.recv();
    });
    expect(answer).toBe(n * 2);
  }
  requests.close();
  expect(await server.join()).toBe("closed");
  expect(runtime.numGoroutine()).toBe(before);
});

test("a run that dies while it waits for the default run's channel loses no value", async () => {
  const ch = chan<number>();
  await run(function* () {
    go(() => ch.recv());
    go(function* () {
      yield* select([ch.recv(), ch.recvOk()]);
    });
    yield* runtime.gosched();
  });
  const got = go(() => ch.recv());
  await turns();
  expect(ch.trySend(5)).toBe(true);
  expect(await got.join()).toBe(5);
});

test("go in a host callback belongs to the only run there is", async () => {
  const ids: number[] = [];
  await run(function* () {
    const ch = chan<void>();
    setImmediate(() => {
      go(function* () {
        ids.push(runtime.numGoroutine());
        yield* ch.send();
      });
    });
    yield* ch.recv();
  });
  expect(ids).toStrictEqual([2]);
});

test("in generator goroutines it is always known which run it is, however many there are", async () => {
  const count = (): Promise<number> =>
    run(function* () {
      for (let i = 0; i < 5; i++) {
        go(function* () {
          for (;;) yield* runtime.gosched();
        });
        yield* runtime.gosched();
      }
      return runtime.numGoroutine();
    });
  expect(await Promise.all([count(), count(), count()])).toStrictEqual([6, 6, 6]);
});

describe("async code belongs to the run it descends from", () => {
  const open = (): { done: Promise<void>; end: () => void } => {
    let end = (): void => {};
    const gate = new Promise<void>((resolve) => (end = resolve));
    return { done: run(() => wait(gate)), end };
  };

  test("code outside of any run does not hang when one ends", async () => {
    const first = run(() => time.sleep(2));
    const second = (async () => {
      await null;
      await time.sleep(4);
      return "answered";
    })();
    await first;
    expect(await second).toBe("answered");
  });

  test("go, and everything that belongs to no channel, is its run's, beside others", async () => {
    const others = [open(), open()];
    const counts = (): Promise<number[]> =>
      run(async () => {
        const seen: number[] = [];
        await null;
        go(() => chan<void>().recv());
        seen.push(runtime.numGoroutine());
        await new Promise((done) => setTimeout(done, 1));
        go(() => chan<void>().recv());
        seen.push(runtime.numGoroutine());
        await new Promise<void>((done) => void time.afterFunc(1, done));
        seen.push(runtime.numGoroutine());
        return seen;
      });
    expect(await Promise.all([counts(), counts()])).toEqual([
      [2, 3, 3],
      [2, 3, 3],
    ]);
    for (const { end } of others) end();
    await Promise.all(others.map(({ done }) => done));
  });

  test("its time is its bubble's, beside other runs", async () => {
    const other = open();
    const passed = await bubble(async () => {
      await null;
      const start = time.now();
      await time.sleep(time.Hour);
      const [ctx] = withTimeout(background(), time.Hour);
      await ctx.done().recv();
      await run(async () => {
        await null;
        await time.sleep(time.Hour); // of a run in the bubble
      });
      return time.since(start) / time.Hour;
    });
    expect(passed).toBe(3);
    other.end();
    await other.done;
  });

  test("its own operations never complete once it is over", async () => {
    const log: string[] = [];
    const gate = chan<void>();
    let over = (): void => {};
    const after = new Promise<void>((resolve) => (over = resolve));
    await run(function* () {
      const leave = async (
        what: string,
        first: Promise<void> | null,
        op: () => PromiseLike<unknown>,
      ): Promise<void> => {
        await first;
        log.push(`${what} waits`);
        await op();
        log.push(`${what} went on`);
      };
      void leave("a receive", null, () => gate.recv());
      void leave("a late receive", after, () => gate.recv());
      void leave("a late sleep", after, () => time.sleep(0));
      yield* wait(turns());
    });
    over();
    gate.close();
    await time.sleep(2);
    expect(log).toEqual(["a receive waits", "a late receive waits", "a late sleep waits"]);
  });
});

test("code that outlived its run starts nothing, and the process is warned once", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  let ran = false;
  let late = (): void => {};
  const after = new Promise<void>((resolve) => (late = resolve));
  const stray = await run(
    async () => {
      const started = (async () => {
        await after;
        for (let i = 0; i < 2; i++) {
          go(function* handler() {
            ran = true;
          });
        }
      })();
      return { started };
    },
    { name: "short" },
  );
  late();
  await stray.started;
  await turns();
  process.off("warning", note);
  expect(ran).toBe(false);
  expect(warnings.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    'MillraceWarning: go(handler) started nothing: the run "short" that this code was started in has ended; ' +
      "start servers, connections and subscriptions that outlive a run outside of it",
  ]);
});

describe("what outlives its run, awaited by code of another", () => {
  test("fails when the run ends while it waits, and when it has ended", async () => {
    const things: {
      ch: Chan<number>;
      full: Chan<number>;
      mu: Mutex;
      g: Goroutine<unknown>;
      pool: WorkerPool<number, unknown>;
    }[] = [];
    const gate = chan<void>();
    const over = run(
      function* () {
        const mu = new Mutex();
        yield* mu.lock();
        const pool = new WorkerPool<number, unknown>((_: number) => chan<number>().recv());
        const full = chan<number>(1);
        yield* full.send(1);
        things.push({ ch: chan<number>(), full, mu, g: go(() => chan<void>().recv()), pool });
        yield* gate.recv();
      },
      { name: "short" },
    );
    await turns();
    const [thing] = things;
    if (thing === undefined) throw new Error("main has not run");
    const each = (): PromiseLike<unknown>[] => [
      thing.ch.recv(),
      thing.full.send(2),
      thing.mu.lock(),
      thing.g.join(),
      thing.pool.run(1),
      select({ value: thing.ch.recv(), lock: thing.mu.lock() }),
    ];
    const waiting = Promise.allSettled(each());
    const patient = select({ value: thing.ch.recv(), later: time.after(5).recv() });
    const late = (async () => (await patient).case)();
    gate.close();
    await over;
    for (const results of [await waiting, await Promise.allSettled(each())]) {
      for (const result of results) {
        expect(result).toMatchObject({ status: "rejected", reason: { code: "RUN_ENDED" } });
        expect(result.status === "rejected" && result.reason).toBeInstanceOf(RunEndedError);
      }
    }
    expect(await late).toBe("later"); // the other case is not the run's
    await expect(thing.ch.recv()).rejects.toThrow(
      'chan receive: the run "short" in which this was made has ended; make what is to outlive a run outside of it',
    );
  });

  test("gives what is there", async () => {
    const ch = await run(function* () {
      const ch = chan<number>(3);
      for (let i = 1; i <= 3; i++) yield* ch.send(i);
      ch.close();
      return ch;
    });
    const all: number[] = [];
    for await (const value of ch) all.push(value);
    expect(all).toEqual([1, 2, 3]);
  });

  test("keeps nothing of those that are done", async () => {
    const gate = chan<void>();
    const shared: Chan<number>[] = [];
    let live = (): number => 0;
    const over = run(function* () {
      const ch = chan<number>(1);
      shared.push(ch);
      const { p } = ch as unknown as { p: object };
      live = () => endingsOf(p as never).size;
      yield* gate.recv();
    });
    await turns();
    for (let i = 0; i < 100; i++) {
      const value = shared[0]?.recv();
      queueMicrotask(() => shared[0]?.trySend(i));
      expect(await value).toBe(i);
    }
    expect(live()).toBe(0);
    gate.close();
    await over;
  });
});
