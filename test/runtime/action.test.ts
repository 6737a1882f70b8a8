/** Awaited actions: a goroutine carries one out only where something has to be waited for. */
import { chan, go, listen, run, runtime } from "millrace";
import { Cond, Mutex, Once, onceValue, RWMutex } from "millrace/sync";
import { SharedMutex } from "millrace/threads";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { turns } from "../kit/turns.ts";

/** The names of the goroutines that `fn` starts. */
async function started(fn: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  const stop = listen((event) => {
    if (event.kind === "go-create") names.push(event.name);
  });
  try {
    await fn();
  } finally {
    stop();
  }
  return names;
}

const locks: Record<string, () => (fn: () => unknown) => PromiseLike<unknown>> = {
  Mutex: () => {
    const mu = new Mutex();
    return (fn) => mu.withLock(fn);
  },
  "RWMutex, to write": () => {
    const mu = new RWMutex();
    return (fn) => mu.withLock(fn);
  },
  "RWMutex, to read": () => {
    const mu = new RWMutex();
    return (fn) => mu.withRLock(fn);
  },
  SharedMutex: () => {
    const mu = new SharedMutex();
    return (fn) => mu.withLock(fn);
  },
};

describe.each(Object.entries(locks))("withLock of a %s that is free", (_, make) => {
  test("calls a plain or async function without a goroutine", async () => {
    const withLock = make();
    const seen: unknown[] = [];
    expect(
      await started(async () => {
        seen.push(await withLock(() => 1));
        seen.push(await withLock(() => turns().then(() => 2)));
        seen.push(await withLock(() => sleep(1)));
      }),
    ).toEqual([]);
    expect(seen).toEqual([1, 2, undefined]);
  });

  test("runs a generator in a goroutine", async () => {
    const withLock = make();
    const names = await started(async () => {
      const value = await withLock(function* () {
        yield* sleep(1);
        return 3;
      });
      expect(value).toBe(3);
    });
    expect(names).toHaveLength(1);
  });

  test("frees the lock however the function ends, and only then", async () => {
    const withLock = make();
    const error = new Error("boom");
    const endings: (() => unknown)[] = [
      () => 1,
      () => {
        throw error;
      },
      async () => {
        await turns();
        throw error;
      },
      function* () {
        yield* runtime.gosched();
        throw error;
      },
      () => runtime.goexit(),
    ];
    for (const fn of endings) {
      const log: string[] = [];
      const first = Promise.resolve(withLock(fn)).then(
        () => log.push("first"),
        () => log.push("first"),
      );
      const second = withLock(() => log.push("second"));
      await Promise.all([first, second]);
      expect(log.sort()).toEqual(["first", "second"]);
    }
  });
});

test("a function under a lock is called one at a time, those that wait first in, first out", async () => {
  const mu = new Mutex();
  const log: string[] = [];
  const job = (name: string) =>
    mu.withLock(async () => {
      log.push(`${name} begins`);
      await turns();
      log.push(`${name} ends`);
    });
  await Promise.all([job("a"), job("b"), job("c")]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

test("in a goroutine that does not perform it with yield*, the function is called later", async () => {
  await run(function* () {
    const mu = new Mutex();
    const log: string[] = [];
    const done = chan<void>();
    mu.withLock(() => log.push("function")).then(() => done.close());
    log.push("then");
    yield* done.recv();
    expect(log).toEqual(["then", "function"]);
  });
});

test("what was done once costs no goroutine again", async () => {
  const once = new Once();
  const value = onceValue(() => 42);
  await once.do(() => {});
  await value();
  expect(
    await started(async () => {
      await once.do(() => expect.unreachable());
      expect(await value()).toBe(42);
    }),
  ).toEqual([]);
});

test("what has to wait is carried out by a goroutine with the action's name", async () => {
  await run(async () => {
    const mu = new Mutex();
    const cond = new Cond(mu);
    expect(
      await started(async () => {
        await mu.lock();
        go(function* signaller() {
          yield* mu.withLock(() => cond.signal());
        });
        await cond.wait();
        mu.unlock();
      }),
    ).toEqual(["signaller", "Cond.wait"]);
  });
});
