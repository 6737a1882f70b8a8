/** `runtime.goexit`: Go's Goexit. */
import { type Chan, chan, DeadlockError, type Go, Goexit, go, run, runtime, select, wait } from "millrace";
import { Mutex, Once } from "millrace/sync";
import { bubble, explore } from "millrace/testing";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { turns } from "../kit/turns.ts";

test("ends its goroutine only, after its finally blocks; join gives undefined", async () => {
  const log: string[] = [];
  const result = await run(function* () {
    const g = go(function* () {
      try {
        try {
          log.push("works");
          yield* runtime.goexit();
          log.push("never");
        } finally {
          log.push("inner");
        }
      } finally {
        log.push("outer");
      }
      return "never";
    });
    const joined = yield* g.join();
    log.push("main goes on");
    return joined;
  });
  expect(result).toBe(undefined);
  expect(log).toStrictEqual(["works", "inner", "outer", "main goes on"]);
});

test("runs deferred calls, last in first out", async () => {
  const log: number[] = [];
  await run(function* () {
    const g = go(function* () {
      using _a = { [Symbol.dispose]: () => void log.push(1) };
      using _b = { [Symbol.dispose]: () => void log.push(2) };
      yield* runtime.goexit();
    });
    yield* g.join();
  });
  expect(log).toStrictEqual([2, 1]);
});

test("works from deep inside", async () => {
  await run(function* () {
    function* deep(n: number): Go {
      if (n === 0) yield* runtime.goexit();
      yield* deep(n - 1);
    }
    yield* go(() => deep(20)).join();
  });
});

describe("finally blocks run whole, operations in them included", () => {
  /** Operations of each kind, those that wait among them. */
  function* farewell(log: string[], mu: Mutex, done: Chan<number>): Go {
    yield* done.send(1);
    log.push("sent");
    using _ = yield* mu.lock();
    log.push("locked");
    yield* sleep(1);
    log.push("slept");
    const s = yield* select({ never: chan<never>().recv(), default: true });
    log.push(s.case);
    yield* new Mutex().withLock(function* () {
      yield* runtime.gosched();
    });
    log.push("held");
  }
  const all = ["sent", "locked", "slept", "default", "held"];

  async function check(worker: (bye: () => Go, byeAsync: () => Promise<void>) => unknown): Promise<void> {
    const log: string[] = [];
    await bubble(function* () {
      const mu = new Mutex();
      const done = chan<number>();
      const held = yield* mu.lock();
      const bye = () => farewell(log, mu, done);
      const g = go(() => worker(bye, async () => void (await go(bye).join())));
      expect(yield* done.recv()).toBe(1);
      yield* sleep(1);
      held[Symbol.dispose]();
      expect(yield* g.join()).toBe(undefined);
    });
    expect(log).toStrictEqual(all);
  }

  test("of a generator", () =>
    check(function* (bye) {
      try {
        yield* runtime.goexit();
      } finally {
        yield* bye();
      }
    }));

  test("of a generator that another calls", () =>
    check(function* (bye) {
      function* inner(): Go {
        try {
          yield* runtime.goexit();
        } finally {
          yield* runtime.gosched();
        }
      }
      try {
        yield* inner();
      } finally {
        yield* bye();
      }
    }));

  test("of an async function", () =>
    check(async (_, bye) => {
      try {
        await runtime.goexit();
      } finally {
        await bye();
      }
    }));

  test("of an async function that a goroutine waits for", () =>
    check(function* (bye) {
      try {
        yield* wait((async () => await runtime.goexit())());
      } finally {
        yield* bye();
      }
    }));

  test("around withLock and once.do, yielded and awaited", async () => {
    for (const action of [
      () => new Mutex().withLock(() => runtime.goexit()),
      () => new Once().do(() => runtime.goexit()),
    ]) {
      await check(function* (bye) {
        try {
          yield* action();
        } finally {
          yield* bye();
        }
      });
      await check(async (_, bye) => {
        try {
          await action();
        } finally {
          await bye();
        }
      });
    }
  });

  test("within withLock and once.do", async () => {
    for (const around of [(fn: () => Go) => new Mutex().withLock(fn), (fn: () => Go) => new Once().do(fn)]) {
      await check(function* (bye) {
        yield* around(function* () {
          try {
            yield* runtime.goexit();
          } finally {
            yield* bye();
          }
        });
      });
    }
  });

  test("under every schedule", async () => {
    const seen = await explore(function* () {
      const ch = chan<number>(0, { zero: 0 });
      const g = go(function* () {
        try {
          yield* runtime.goexit();
        } finally {
          yield* ch.send(1);
          yield* ch.send(2);
        }
      });
      if ((yield* ch.recv()) + (yield* ch.recv()) !== 3) throw new Error("lost");
      if ((yield* g.join()) !== undefined) throw new Error("a result");
    });
    expect(seen.complete).toBe(true);
  });
});

test("one that is swallowed is not thrown again: the goroutine goes on", async () => {
  const ch = chan<number>(10);
  await run(function* () {
    const g = go(function* () {
      try {
        yield* runtime.goexit();
      } catch (error) {
        expect(error).toBeInstanceOf(Goexit);
      }
      for (let i = 0; i < 300; i++) yield* select({ sent: ch.send(i), full: runtime.gosched(), default: true });
      yield* runtime.gosched();
      ch.close();
    });
    for (let i = 0; i < 10; i++) expect(yield* ch.recv()).toBe(i);
    yield* g.join();
  });
});

test("one that swallows it and returns has exited all the same: join gives undefined", async () => {
  await run(function* () {
    const g = go(function* () {
      try {
        yield* runtime.goexit();
      } catch {}
      return 5;
    });
    expect(yield* g.join()).toBe(undefined);
  });
});

test("a panic after it is a panic", async () => {
  const failed = run(function* () {
    go(function* () {
      try {
        yield* runtime.goexit();
      } catch {}
      throw new Error("after all");
    });
    yield* chan<never>().recv();
  });
  await expect(failed).rejects.toThrow("after all");
});

test("in a finally block it replaces the panic, as in Go", async () => {
  await run(function* () {
    const g = go(function* () {
      try {
        throw new Error("lost");
      } finally {
        yield* runtime.goexit();
      }
    });
    expect(yield* g.join()).toBe(undefined);
  });
});

test("of an async goroutine ends it, too", async () => {
  const log: string[] = [];
  await run(async () => {
    const g = go(async () => {
      try {
        await turns();
        await runtime.goexit();
        log.push("never");
      } finally {
        log.push("finally");
      }
    });
    expect(await g.join()).toBe(undefined);
  });
  expect(log).toStrictEqual(["finally"]);
});

test("of an async function that a goroutine waits for ends that goroutine", async () => {
  await run(function* () {
    const g = go(function* () {
      yield* wait((async () => await runtime.goexit())());
      return "never";
    });
    expect(yield* g.join()).toBe(undefined);
  });
});

test.each(["yield*", "await"])(
  "of main, %s: the run goes on, and ends as a deadlock when none is left",
  async (style) => {
    const log: string[] = [];
    const worker = function* () {
      for (let i = 0; i < 3; i++) yield* runtime.gosched();
      log.push("worker ends");
    };
    const failed = run<unknown>(
      style === "await"
        ? async () => {
            go(worker);
            await runtime.goexit();
          }
        : function* () {
            go(worker);
            yield* runtime.goexit();
          },
    );
    const error = await failed.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DeadlockError);
    expect((error as Error).message).toBe("no goroutines (main called runtime.Goexit) - deadlock!");
    expect(log).toStrictEqual(["worker ends"]);
  },
);

test("is no case that is taken by chance: as a case it always ends the goroutine", async () => {
  await run(function* () {
    const g = go(function* () {
      yield* select([runtime.goexit()]);
      return "never";
    });
    expect(yield* g.join()).toBe(undefined);
  });
});

test("a goroutine that exits leaves no count behind", async () => {
  await run(function* () {
    for (let i = 0; i < 50; i++) {
      go(function* () {
        yield* runtime.goexit();
      });
    }
    yield* runtime.gosched();
    expect(runtime.numGoroutine()).toBe(1);
  });
});
