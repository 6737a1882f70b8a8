/** Go's documentation of `sync.Mutex`, sentence by sentence, and what this library adds to it. */
import { chan, FatalError, go, type Op, run, runtime, select } from "millrace";
import { Mutex } from "millrace/sync";
import { describe, expect, test } from "vitest";
import { both, type Kit } from "../kit/both.ts";
import type { Script } from "../kit/styles.ts";
import { thrown } from "../kit/thrown.ts";
import { deadlock } from "../kit/virtual.ts";

both("a new mutex is unlocked", function* (t) {
  const mu = new Mutex();
  expect(mu.tryLock()).toBe(true);
  mu.unlock();
  yield* t.on(mu.lock());
});

both("lock blocks until the mutex is available", function* (t) {
  const mu = new Mutex();
  yield* t.on(mu.lock());
  const second = t.perform(mu.lock());
  yield* t.settle();
  expect(second.done).toBe(false);
  mu.unlock();
  yield* t.settle();
  expect(second.done).toBe(true);
});

both("tryLock says whether it locked", function* (t) {
  const mu = new Mutex();
  expect(mu.tryLock()).toBe(true);
  expect(mu.tryLock()).toBe(false);
  mu.unlock();
  expect(mu.tryLock()).toBe(true);
  yield* t.settle();
});

both("a goroutine may unlock what another one locked", function* (t) {
  const mu = new Mutex();
  yield* t.on(mu.lock());
  t.go(function* () {
    mu.unlock();
    yield* t.settle();
  });
  yield* t.on(mu.lock());
  yield* t.settle();
});

both("waiters are served first in, first out, and nobody barges in", function* (t) {
  const mu = new Mutex();
  yield* t.on(mu.lock());
  const order: number[] = [];
  for (let i = 0; i < 5; i++) {
    t.go(function* () {
      yield* t.on(mu.lock());
      order.push(i);
      mu.unlock();
      expect(mu.tryLock()).toBe(i === 4);
    });
  }
  yield* t.settle();
  mu.unlock();
  expect(mu.tryLock()).toBe(false); // handed over, though the next one has not run yet
  yield* t.settle();
  expect(order).toEqual([0, 1, 2, 3, 4]);
});

both("no update is lost", function* (t) {
  const mu = new Mutex();
  let n = 0;
  const started = Array.from({ length: 20 }, () =>
    t.start(function* () {
      for (let i = 0; i < 10; i++) {
        const held = yield* t.on(mu.lock());
        const before = n;
        yield* t.on(runtime.gosched());
        n = before + 1;
        held[Symbol.dispose]();
      }
    }),
  );
  for (const { g } of started) yield* t.on(g.join());
  expect(n).toBe(200);
});

both("disposing unlocks once", function* (t) {
  const mu = new Mutex();
  const held = yield* t.on(mu.lock());
  held[Symbol.dispose]();
  yield* t.on(mu.lock());
  held[Symbol.dispose]();
  expect(mu.tryLock()).toBe(false);
});

describe("as a case of a select", () => {
  both("it takes the lock", function* (t) {
    const mu = new Mutex();
    const s = yield* t.on(select({ got: mu.lock(), never: chan().recv() }));
    expect(s.case).toBe("got");
    expect(mu.tryLock()).toBe(false);
    (s.value as Disposable)[Symbol.dispose]();
    expect(mu.tryLock()).toBe(true);
  });

  both("it waits for the lock", function* (t) {
    const mu = new Mutex();
    yield* t.on(mu.lock());
    const waiting = t.perform(select({ got: mu.lock(), never: chan().recv() }));
    yield* t.settle();
    mu.unlock();
    yield* t.settle();
    expect(waiting.value?.case).toBe("got");
    expect(mu.tryLock()).toBe(false);
  });

  both("it leaves no trace when it loses", function* (t) {
    const mu = new Mutex();
    const quit = chan<void>();
    yield* t.on(mu.lock());
    const waiting = t.perform(select({ got: mu.lock(), quit: quit.recv() }));
    const behind = t.perform(mu.lock());
    yield* t.settle();
    yield* t.on(quit.send());
    yield* t.settle();
    expect(waiting.value?.case).toBe("quit");
    expect(behind.done).toBe(false);
    mu.unlock();
    yield* t.settle();
    expect(behind.done).toBe(true);
    mu.unlock();
    expect(mu.tryLock()).toBe(true);
  });

  both("the same lock twice is taken once", function* (t) {
    const mu = new Mutex();
    yield* t.on(mu.lock());
    const waiting = t.perform(select([mu.lock(), mu.lock()]));
    yield* t.settle();
    mu.unlock();
    yield* t.settle();
    expect(waiting.done).toBe(true);
    mu.unlock();
    expect(mu.tryLock()).toBe(true);
  });
});

test("unlocking an unlocked mutex is fatal: a catch does not save the run", async () => {
  let ranOn = false;
  const running = run(function* () {
    expect(thrown(() => new Mutex().unlock())).toBeInstanceOf(FatalError);
    yield* runtime.gosched();
    ranOn = true;
  });
  await expect(running).rejects.toMatchObject({
    name: "FatalError",
    code: "UNLOCK_OF_UNLOCKED",
    message: "sync: unlock of unlocked mutex",
  });
  expect(ranOn).toBe(false);
});

test("outside of every run it is an error like any other: nothing is reported once it is caught", async () => {
  expect(thrown(() => new Mutex().unlock())).toBeInstanceOf(FatalError);
  const caught = go(() => thrown(() => new Mutex().unlock()));
  expect(await caught.join()).toBeInstanceOf(FatalError);
});

describe("withLock", () => {
  const kinds: readonly (readonly [string, (t: Kit, mu: Mutex) => () => unknown])[] = [
    ["a plain function", (_t, mu) => () => (mu.tryLock() ? 0 : 42)],
    [
      "an async function",
      (_t, mu) => async () => {
        await null;
        expect(mu.tryLock()).toBe(false);
        return 42;
      },
    ],
    [
      "a generator",
      (_t, mu) =>
        function* () {
          yield* runtime.gosched();
          expect(mu.tryLock()).toBe(false);
          return 42;
        },
    ],
  ];
  for (const [kind, make] of kinds) {
    both(`holds the lock while ${kind} runs, and gives its result`, function* (t) {
      const mu = new Mutex();
      expect(yield* t.on(mu.withLock(make(t, mu)))).toBe(42);
      expect(mu.tryLock()).toBe(true);
    });
  }

  both("frees the lock when the function throws", function* (t): Script {
    const mu = new Mutex();
    const failing = [
      () => {
        throw new Error("plain");
      },
      async () => {
        await null;
        throw new Error("async");
      },
      function* () {
        yield* runtime.gosched();
        throw new Error("generator");
      },
    ];
    for (const fn of failing) {
      const ended = t.perform(mu.withLock(fn as () => unknown));
      yield* t.on(ended.g.join());
      expect(ended.error).toBeInstanceOf(Error);
      expect(mu.tryLock()).toBe(true);
      mu.unlock();
    }
  });

  test("frees the lock when the function leaves by goexit", () =>
    run(function* () {
      const mu = new Mutex();
      let ranOn = false;
      const g = go(function* () {
        yield* mu.withLock(() => runtime.goexit());
        ranOn = true;
      });
      expect(yield* g.join()).toBeUndefined();
      expect(ranOn).toBe(false);
      expect(mu.tryLock()).toBe(true);
    }));

  both("is refused as a case of a select", function* (t) {
    const mu = new Mutex();
    const action = mu.withLock(() => 1);
    // @ts-expect-error a composite action is no operation
    expect(() => select({ action })).toThrow(/case "action" is no operation but an Action; it runs code/);
    expect(() => select([action as never as Op<number>])).toThrow(TypeError);
    yield* t.settle();
  });

  test("refuses what is no function", () => {
    expect(() => new Mutex().withLock(undefined as never)).toThrow("withLock: got undefined");
    expect(() => new Mutex().withLock(1 as never)).toThrow("Mutex.withLock: expected a function, got 1");
  });
});

test("a finished run gives up its place in the queue", async () => {
  await run(async () => {
    const mu = new Mutex();
    await mu.lock();
    await run(function* () {
      go(() => mu.lock());
      go(function* () {
        yield* mu.withLock(() => 1);
      });
      yield* runtime.gosched();
    });
    mu.unlock();
    expect(mu.tryLock()).toBe(true);
  });
});

test("a deadlock names the goroutine that holds the lock", async () => {
  const mu = new Mutex();
  const error = await deadlock(function* main() {
    yield* mu.lock();
    const g = go(function* worker() {
      yield* mu.lock();
    });
    yield* g.join();
  });
  expect(error.goroutines.map(({ reason, holder }) => [reason, holder])).toEqual([
    ["join", undefined],
    ["sync.Mutex.Lock", { id: 1, name: "main" }],
  ]);
  expect(error.message).toMatch(/goroutine 2 \[sync\.Mutex\.Lock\]: held by goroutine 1\nworker\(\)\n/);
});

test("the holder is the one that the lock was handed to, also through a select", async () => {
  const mu = new Mutex();
  const error = await deadlock(function* main() {
    yield* mu.lock();
    go(function* chooser() {
      yield* select({ got: mu.lock(), never: chan().recv() });
      yield* chan<void>().recv();
    });
    yield* runtime.gosched();
    mu.unlock();
    yield* mu.lock();
  });
  expect(error.goroutines[0]).toMatchObject({ reason: "sync.Mutex.Lock", holder: { id: 2, name: "chooser" } });
});

test("a goroutine whose function returns an action performs it itself", async () => {
  await run(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    const waiting = go(() => mu.withLock(() => runtime.goroutines().length));
    yield* runtime.gosched();
    // It waits for the lock itself, and no other goroutine does that for it.
    expect(runtime.goroutines().map(({ id, reason }) => [id, reason])).toContainEqual([waiting.id, "sync.Mutex.Lock"]);
    mu.unlock();
    expect(yield* waiting.join()).toBe(2);
  });
});
