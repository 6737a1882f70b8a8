/** `runtime.goexit`: Go's Goexit. */
import { chan, DeadlockError, type Go, Goexit, go, run, runtime, select, wait } from "millrace";
import { expect, test } from "vitest";
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

test("one that is swallowed is met again at each next operation, whatever ran in between", async () => {
  const ch = chan<number>(10);
  const caught: unknown[] = [];
  await run(function* () {
    const g = go(function* () {
      for (let i = 0; i < 3; i++) {
        try {
          if (i === 0) yield* runtime.goexit();
          else yield* ch.send(i);
        } catch (error) {
          caught.push(error);
        }
      }
      yield* select({ v: ch.recv(), default: true });
      caught.push("never");
    });
    for (let i = 0; i < 100; i++) yield* runtime.gosched();
    yield* g.join();
  });
  expect(caught.length).toBe(3);
  for (const error of caught) expect(error).toBeInstanceOf(Goexit);
  expect(ch.length).toBe(0);
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

test("other goroutines perform their operations as ever meanwhile", async () => {
  const ch = chan<number>();
  await run(function* () {
    go(function* () {
      try {
        yield* runtime.goexit();
      } catch {}
      yield* ch.send(-1);
    });
    go(function* () {
      for (let i = 0; i < 300; i++) yield* ch.send(i);
    });
    for (let i = 0; i < 300; i++) expect(yield* ch.recv()).toBe(i);
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
