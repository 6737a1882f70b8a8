/** `run`: what it gives, how it fails, its options. */
import {
  ArgumentError,
  chan,
  DeadlockError,
  type Go,
  type GoroutineInfo,
  go,
  LeakError,
  run,
  runtime,
  type SendChan,
  wait,
} from "millrace";
import { expect, test } from "vitest";
import { turns } from "../kit/turns.ts";

const begin = run as unknown as (fn: unknown, options?: unknown) => Promise<unknown>;
const never = chan<never>();

test("gives what main returns, in every style", async () => {
  expect(await run(() => 1)).toBe(1);
  expect(await run(async () => 2)).toBe(2);
  expect(
    await run(function* () {
      yield* runtime.gosched();
      return 3;
    }),
  ).toBe(3);
  const ch = chan<number>(1);
  ch.trySend(4);
  expect(await run(() => ch.recv())).toBe(4);
  expect(await run(() => undefined)).toBe(undefined);
});

test("does not start main before it returns", async () => {
  const log: string[] = [];
  const done = run(() => void log.push("main"));
  log.push("after run");
  await done;
  expect(log).toStrictEqual(["after run", "main"]);
});

test.each(["plain", "generator", "async"])("a panic in a %s goroutine ends the run", async (kind) => {
  const failure = new Error("boom");
  const bodies = {
    plain: () => {
      throw failure;
    },
    *generator() {
      yield* runtime.gosched();
      throw failure;
    },
    async async() {
      await turns();
      throw failure;
    },
  };
  const log: string[] = [];
  const failed = run(function* () {
    go(bodies[kind as keyof typeof bodies] as () => unknown);
    yield* never.recv();
    log.push("main went on");
  });
  await expect(failed).rejects.toBe(failure);
  await turns();
  expect(log).toStrictEqual([]);
});

test.each([undefined, null, 0, "text", Number.NaN])("what is thrown is passed on as it is: %o", async (thrown) => {
  const failed = run(function* () {
    go(() => {
      throw thrown;
    });
    yield* never.recv();
  });
  await expect(
    failed.then(
      () => "fulfilled",
      (error: unknown) => [error],
    ),
  ).resolves.toStrictEqual([thrown]);
});

test("of several panics the first one counts", async () => {
  const failed = run(function* () {
    go(() => {
      throw new Error("first");
    });
    go(() => {
      throw new Error("second");
    });
    yield* never.recv();
  });
  await expect(failed).rejects.toThrow("first");
});

test("an error that main catches is no panic", async () => {
  const result = await run(function* () {
    const ch = chan<number>();
    ch.close();
    try {
      yield* ch.send(1);
    } catch {
      return "recovered";
    }
    return "";
  });
  expect(result).toBe("recovered");
});

test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", null, 1n])("a bad seed is refused: %o", async (seed) => {
  await expect(begin(() => {}, { seed })).rejects.toThrow(ArgumentError);
  await expect(begin(() => {}, { seed })).rejects.toThrow(/seed/);
});

test.each([1, "abort", null, {}])("a bad signal is refused: %o", async (signal) => {
  await expect(begin(() => {}, { signal })).rejects.toThrow(/signal: expected an AbortSignal/);
});

test.each([1, "yes", null, {}])("a bad leaks is refused: %o", async (leaks) => {
  await expect(begin(() => {}, { leaks })).rejects.toThrow(/leaks/);
});

test.each([null, 5, "seed"])("options that are no object are refused: %o", async (options) => {
  await expect(begin(() => {}, options)).rejects.toThrow(ArgumentError);
});

test("signal: aborting it ends the run with its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  const log: string[] = [];
  const failed = run(
    function* () {
      try {
        yield* never.recv();
      } finally {
        log.push("finally");
      }
    },
    { signal: controller.signal },
  );
  await turns();
  controller.abort(reason);
  await expect(failed).rejects.toBe(reason);
  await turns();
  expect(log).toStrictEqual([]);
});

test("signal: without a reason, with the host's AbortError", async () => {
  const controller = new AbortController();
  const failed = run(() => never.recv(), { signal: controller.signal });
  controller.abort();
  await expect(failed).rejects.toMatchObject({ name: "AbortError" });
});

test("signal: one that is aborted already starts nothing", async () => {
  const log: string[] = [];
  await expect(run(() => void log.push("main"), { signal: AbortSignal.abort("late") })).rejects.toBe("late");
  await turns();
  expect(log).toStrictEqual([]);
});

test("signal: no listener is left behind, however the run ended", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = ((...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  }) as typeof add;
  signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  }) as typeof remove;
  for (let i = 0; i < 5; i++) await run(() => i, { signal });
  await run(
    () => {
      throw new Error("panic");
    },
    { signal },
  ).catch(() => {});
  expect(listeners).toBe(0);
});

test("signal: aborting it after the end does nothing", async () => {
  const controller = new AbortController();
  expect(await run(() => 1, { signal: controller.signal })).toBe(1);
  controller.abort();
});

function* leaky() {
  const results = chan<number>(0, { name: "results" });
  go(function* lost() {
    yield* results.send(1);
  });
  go(function* fine() {});
  yield* runtime.gosched();
  return "done";
}

test("leaks: true makes goroutines that are left an error", async () => {
  const error = await run(leaky, { leaks: true }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LeakError);
  const { goroutines, code, message } = error as LeakError;
  expect(code).toBe("LEAK");
  expect(goroutines.map((g) => [g.name, g.state, g.reason, g.channel?.name])).toStrictEqual([
    ["lost", "waiting", "chan send", "results"],
  ]);
  expect(message).toMatch(/1 goroutine leaked.*\[chan send\].*results.*lost/s);
});

test("leaks: a function gets the list, and the run goes well", async () => {
  const lists: (readonly GoroutineInfo[])[] = [];
  expect(await run(leaky, { leaks: (left) => void lists.push(left) })).toBe("done");
  expect(lists.map((list) => list.map((g) => g.name))).toStrictEqual([["lost"]]);
});

test("leaks: none, no error; and false does not look", async () => {
  expect(await run(() => 1, { leaks: true })).toBe(1);
  expect(await run(leaky, { leaks: false })).toBe("done");
  expect(await run(leaky)).toBe("done");
});

test("leaks: a goroutine that has not started when main returns is none, and runs", async () => {
  const seen: string[] = [];
  const result = await run(
    () => {
      go(function* late() {
        yield* runtime.gosched();
        seen.push("late");
      });
      return "done";
    },
    { leaks: true },
  );
  expect([result, ...seen]).toEqual(["done", "late"]);
});

test("leaks: one that runs for ever is none, and does not keep the run", async () => {
  let turns = 0;
  await run(
    () => {
      go(function* spinner() {
        for (;;) {
          turns++;
          yield* runtime.gosched();
        }
      });
    },
    { leaks: true },
  );
  const before = turns;
  await new Promise((done) => setTimeout(done, 5));
  expect(turns).toBe(before);
});

test("leaks: what panics after main has returned fails the run", async () => {
  const failed = run(
    () => {
      go(function* () {
        throw new Error("late");
      });
    },
    { leaks: true },
  );
  await expect(failed).rejects.toThrow("late");
});

test("leaks: those that stand at one place are told of once", async () => {
  const ask = function* ask(ch: SendChan<number>) {
    yield* ch.send(1);
  };
  const error = await run(
    () => {
      for (let i = 0; i < 186; i++) go(ask, chan<number>());
      go(function* other() {
        yield* chan().recv();
      });
    },
    { leaks: true },
  ).catch((thrown: unknown) => thrown as LeakError);
  const { goroutines, message } = error as LeakError;
  expect(goroutines).toHaveLength(187);
  expect(message).toMatch(/^187 goroutines leaked\n\n186 × ask, run\.test\.ts:\d+\n1 × other, run\.test\.ts:\d+\n\n/);
  expect(message).toContain("goroutine 2 and 185 more [chan send]:\nask()\n");
  expect(message.match(/ask\(\)/g)).toHaveLength(1);
});

test("leaks: an async goroutine that still waits counts", async () => {
  const error = await run(
    async () => {
      go(async function pending() {
        await new Promise(() => {});
      });
      await turns();
    },
    { leaks: true },
  ).catch((thrown: unknown) => thrown);
  expect((error as LeakError).goroutines.map((g) => [g.name, g.reason])).toStrictEqual([["pending", "await"]]);
});

test("leaks: a panic is reported as itself", async () => {
  const failed = run(
    function* () {
      yield* leaky();
      throw new Error("panic");
    },
    { leaks: true },
  );
  await expect(failed).rejects.toThrow("panic");
});

test("numGoroutine counts main and those that have not ended", async () => {
  await run(function* () {
    expect(runtime.numGoroutine()).toBe(1);
    const gate = chan<void>();
    const all = Array.from({ length: 5 }, () => go(() => gate.recv()));
    expect(runtime.numGoroutine()).toBe(6);
    gate.close();
    for (const g of all) yield* g.join();
    expect(runtime.numGoroutine()).toBe(1);
  });
});

test("goroutines() lists them with state, reason, channel and stack", async () => {
  await run(function* main() {
    const jobs = chan<number>(0, { name: "jobs" });
    go(function* worker() {
      yield* jobs.recv();
    });
    go(() => {});
    yield* runtime.gosched();
    const fresh = go(function* fresh() {});
    const list = runtime.goroutines();
    expect(list.map((g) => [g.id, g.name, g.state, g.reason])).toStrictEqual([
      [1, "main", "running", undefined],
      [2, "worker", "waiting", "chan receive"],
      [fresh.id, "fresh", "runnable", undefined],
    ]);
    expect(list[1]?.channel?.name).toBe("jobs");
    expect(list[1]?.createdBy).toMatchObject({ id: 1, name: "main" });
    expect(list[1]?.stack).toMatch(/worker\(\)\n\t.*run\.test\.ts:\d+:\d+/);
    expect(list[0]?.createdBy).toBe(undefined);
  });
});

test("looking at goroutines changes nothing for them", async () => {
  const log: unknown[] = [];
  await run(function* () {
    const ch = chan<number>();
    function* deep(): Go<unknown> {
      try {
        return yield* ch.recv();
      } finally {
        log.push("finally");
      }
    }
    const g = go(function* () {
      log.push(yield* deep());
    });
    yield* runtime.gosched();
    for (let i = 0; i < 3; i++) expect(runtime.goroutines()[1]?.stack).toMatch(/deep\(\)/);
    expect(log).toStrictEqual([]);
    yield* ch.send(7);
    runtime.goroutines();
    yield* g.join();
  });
  expect(log).toStrictEqual(["finally", 7]);
});

test("a deadlock is an error with the list, here of a run whose main has called goexit", async () => {
  const error = await run(function* () {
    yield* wait(turns());
    yield* runtime.goexit();
  }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeadlockError);
  expect((error as DeadlockError).goroutines).toStrictEqual([]);
  expect((error as DeadlockError).code).toBe("DEADLOCK");
});
