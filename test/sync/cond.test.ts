/** Go's documentation of `sync.Cond`, sentence by sentence, and what this library adds to it. */
import { go, run, runtime, select } from "millrace";
import { Cond, Mutex, RWMutex } from "millrace/sync";
import { expect, test } from "vitest";
import { both, type Kit, preempted } from "../kit/both.ts";
import type { Script } from "../kit/styles.ts";
import { deadlock } from "../kit/virtual.ts";

/** Starts `n` goroutines that wait; gives the order in which they woke. */
function* sleepers(t: Kit, mu: Mutex, cond: Cond, n: number): Script<number[]> {
  const woken: number[] = [];
  for (let i = 0; i < n; i++) {
    t.go(function* () {
      yield* t.on(mu.lock());
      yield* t.on(cond.wait());
      woken.push(i);
      mu.unlock();
    });
  }
  yield* t.settle();
  return woken;
}

both("wait gives up the lock, and has it again when it returns", function* (t) {
  const mu = new Mutex();
  const cond = new Cond(mu);
  const g = t.go(function* () {
    yield* t.on(mu.lock());
    yield* t.on(cond.wait());
    expect(mu.tryLock()).toBe(false);
    mu.unlock();
  });
  yield* t.settle();
  expect(mu.tryLock()).toBe(true);
  cond.signal();
  yield* t.settle();
  mu.unlock();
  yield* t.on(g.join());
});

both("signal wakes the one that waits longest, if there is one", function* (t) {
  const mu = new Mutex();
  const cond = new Cond(mu);
  cond.signal();
  const woken = yield* sleepers(t, mu, cond, 3);
  expect(woken).toEqual([]);
  for (let i = 0; i < 3; i++) {
    cond.signal();
    yield* t.settle();
    expect(woken.length).toBe(i + 1);
  }
  expect(woken).toEqual([0, 1, 2]);
});

both("broadcast wakes all", function* (t) {
  const mu = new Mutex();
  const cond = new Cond(mu);
  const woken = yield* sleepers(t, mu, cond, 4);
  cond.broadcast();
  yield* t.settle();
  expect(woken).toEqual([0, 1, 2, 3]);
});

both("a signal given under the lock is not lost", function* (t) {
  const mu = new Mutex();
  const cond = new Cond(mu);
  let ready = false;
  const waiter = t.go(function* () {
    using _ = yield* t.on(mu.lock());
    while (!ready) yield* t.on(cond.wait());
  });
  const setter = t.go(function* () {
    yield* t.on(mu.lock());
    ready = true;
    cond.signal();
    mu.unlock();
  });
  yield* t.on(waiter.join());
  yield* t.on(setter.join());
  expect(mu.tryLock()).toBe(true);
});

test("a goroutine that is preempted as it gives up the lock misses no signal", () =>
  preempted(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    let turn = 0;
    const players = [0, 1, 2].map((me) =>
      go(function* () {
        for (let i = 0; i < 200; i++) {
          yield* mu.lock();
          while (turn !== me) yield* cond.wait();
          turn = (turn + 1) % 3;
          cond.broadcast();
          mu.unlock();
        }
      }),
    );
    for (const g of players) yield* g.join();
  }));

both("works with the writing side of an RWMutex", function* (t) {
  const mu = new RWMutex();
  const cond = new Cond(mu);
  expect(cond.l).toBe(mu);
  let ready = false;
  const g = t.go(function* () {
    using _ = yield* t.on(mu.lock());
    while (!ready) yield* t.on(cond.wait());
  });
  yield* t.settle();
  using _ = yield* t.on(mu.lock());
  ready = true;
  cond.broadcast();
  mu.unlock();
  yield* t.on(g.join());
  yield* t.on(mu.lock()); // for the disposable above
});

test("a goroutine that leaves by goexit can wait in its finally block", () =>
  run(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const g = go(function* () {
      using _ = yield* mu.lock();
      try {
        yield* runtime.goexit();
      } finally {
        yield* cond.wait();
      }
    });
    yield* runtime.gosched();
    cond.signal();
    yield* g.join();
    expect(mu.tryLock()).toBe(true);
  }));

test("waiting without the lock is fatal", () =>
  expect(
    run(function* () {
      yield* new Cond(new Mutex()).wait();
    }),
  ).rejects.toMatchObject({ code: "UNLOCK_OF_UNLOCKED" }));

test("refuses what is no lock", () => {
  expect(() => new Cond(undefined as never)).toThrow("new Cond: expected a lock (Mutex, RWMutex), got undefined");
});

test("a wait is refused as a case of a select", () => {
  // @ts-expect-error a composite action is no operation
  expect(() => select({ w: new Cond(new Mutex()).wait() })).toThrow(TypeError);
});

test("no signal goes to a run that is over", () =>
  run(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const waitFor = function* () {
      yield* mu.lock();
      yield* cond.wait();
      mu.unlock();
    };
    const g = go(async () => {
      await run(function* () {
        go(waitFor);
        yield* runtime.gosched();
      });
      go(waitFor);
    });
    yield* g.join();
    for (let i = 0; i < 20; i++) yield* runtime.gosched();
    cond.signal();
    for (let i = 0; i < 20; i++) yield* runtime.gosched();
    expect(runtime.numGoroutine()).toBe(1);
  }));

test("a deadlock says sync.Cond.Wait", async () => {
  const error = await deadlock(function* main() {
    const mu = new Mutex();
    yield* mu.lock();
    yield* new Cond(mu).wait();
  });
  expect(error.goroutines.map(({ reason }) => reason)).toEqual(["sync.Cond.Wait"]);
});
