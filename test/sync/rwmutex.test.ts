/** Go's documentation of `sync.RWMutex`, sentence by sentence, and what this library adds to it. */
import { chan, FatalError, go, run, runtime, select } from "millrace";
import { Cond, RWMutex } from "millrace/sync";
import { describe, expect, test } from "vitest";
import { both } from "../kit/both.ts";
import { deadlock } from "../kit/virtual.ts";

both("any number of readers, or one writer", function* (t) {
  const mu = new RWMutex();
  yield* t.on(mu.rLock());
  yield* t.on(mu.rLock());
  expect(mu.tryLock()).toBe(false);
  mu.rUnlock();
  expect(mu.tryLock()).toBe(false);
  mu.rUnlock();
  yield* t.on(mu.lock());
  expect(mu.tryLock()).toBe(false);
  expect(mu.tryRLock()).toBe(false);
  mu.unlock();
  expect(mu.tryRLock()).toBe(true);
});

both("a waiting writer blocks new readers until it had the lock", function* (t) {
  const mu = new RWMutex();
  yield* t.on(mu.rLock());
  const writer = t.perform(mu.lock());
  yield* t.settle();
  const reader = t.perform(mu.rLock());
  yield* t.settle();
  expect([writer.done, reader.done, mu.tryRLock()]).toEqual([false, false, false]);
  mu.rUnlock();
  yield* t.settle();
  expect([writer.done, reader.done]).toEqual([true, false]);
  mu.unlock();
  yield* t.settle();
  expect(reader.done).toBe(true);
  mu.rUnlock();
});

both("waiters have their turn in order, readers between two writers together", function* (t) {
  const mu = new RWMutex();
  yield* t.on(mu.lock());
  const order: string[] = [];
  const inside: string[] = [];
  const start = (name: string) =>
    t.go(function* () {
      const held = yield* t.on(name.startsWith("r") ? mu.rLock() : mu.lock());
      inside.push(name);
      yield* t.on(runtime.gosched());
      yield* t.on(runtime.gosched());
      order.push([...inside].sort().join("+"));
      inside.splice(inside.indexOf(name), 1);
      held[Symbol.dispose]();
    });
  const all = ["w1", "r1", "r2", "w2", "r3"].map(start);
  yield* t.settle();
  mu.unlock();
  for (const g of all) yield* t.on(g.join());
  expect(order).toEqual(["w1", "r1+r2", "r2", "w2", "r3"]);
});

both("disposables give back what they took, once", function* (t) {
  const mu = new RWMutex();
  const a = yield* t.on(mu.rLock());
  yield* t.on(mu.rLock());
  a[Symbol.dispose]();
  a[Symbol.dispose]();
  expect(mu.tryLock()).toBe(false);
  mu.rUnlock();
  const w = yield* t.on(mu.lock());
  w[Symbol.dispose]();
  yield* t.on(mu.lock());
  w[Symbol.dispose]();
  expect(mu.tryRLock()).toBe(false);
});

both("withLock excludes everyone, withRLock only writers", function* (t) {
  const mu = new RWMutex();
  yield* t.on(mu.withLock(async () => expect([mu.tryLock(), mu.tryRLock()]).toEqual([false, false])));
  const seen = yield* t.on(
    mu.withRLock(function* () {
      yield* runtime.gosched();
      expect(mu.tryLock()).toBe(false);
      expect(mu.tryRLock()).toBe(true);
      mu.rUnlock();
      return "read";
    }),
  );
  expect(seen).toBe("read");
  expect(mu.tryLock()).toBe(true);
});

describe("as a case of a select", () => {
  both("both ends are taken, or leave no trace", function* (t) {
    const mu = new RWMutex();
    const s = yield* t.on(select({ read: mu.rLock(), never: chan().recv() }));
    expect(s.case).toBe("read");
    expect(mu.tryLock()).toBe(false);
    mu.rUnlock();
    expect(mu.tryLock()).toBe(true);
  });

  both("a writer that gives up lets in the readers behind it", function* (t) {
    const mu = new RWMutex();
    const quit = chan<void>();
    yield* t.on(mu.rLock());
    const writer = t.perform(select({ write: mu.lock(), quit: quit.recv() }));
    yield* t.settle();
    const reader = t.perform(mu.rLock());
    yield* t.settle();
    expect(reader.done).toBe(false);
    quit.close();
    yield* t.settle();
    expect(writer.value?.case).toBe("quit");
    expect(reader.done).toBe(true);
    mu.rUnlock();
    mu.rUnlock();
    expect(mu.tryLock()).toBe(true);
  });

  both("when both ends wait in one select that goes another way, neither is taken", function* (t) {
    const mu = new RWMutex();
    const quit = [chan<void>(), chan<void>()] as const;
    yield* t.on(mu.rLock());
    t.perform(select({ write: mu.lock(), quit: quit[0].recv() }));
    yield* t.settle();
    const both = t.perform(select([mu.lock(), mu.rLock(), quit[1].recv()], { order: "listed" }));
    yield* t.settle();
    quit[0].close();
    yield* t.settle();
    expect(both.done).toBe(false); // the reader is still there, and the share waits behind the lock
    quit[1].close();
    yield* t.settle();
    expect(both.value?.index).toBe(2);
    mu.rUnlock();
    expect(mu.tryLock()).toBe(true);
  });
});

for (const [name, misuse, code, text] of [
  ["unlock", (mu: RWMutex) => mu.unlock(), "UNLOCK_OF_UNLOCKED", "sync: Unlock of unlocked RWMutex"],
  ["rUnlock", (mu: RWMutex) => mu.rUnlock(), "RUNLOCK_OF_UNLOCKED", "sync: RUnlock of unlocked RWMutex"],
] as const) {
  test(`${name} of an unlocked RWMutex is fatal`, async () => {
    const error = await run(() => misuse(new RWMutex())).catch((e) => e);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({ code, message: text });
  });

  test(`${name} does not undo the other kind of lock`, async () => {
    const error = await run(function* () {
      const mu = new RWMutex();
      yield* name === "unlock" ? mu.rLock() : mu.lock();
      misuse(mu);
    }).catch((e) => e);
    expect(error).toMatchObject({ code });
  });
}

test("a finished run leaves the queue, and nothing is given to its goroutines", () =>
  run(async () => {
    const mu = new RWMutex();
    await mu.rLock();
    await run(function* () {
      go(() => mu.lock());
      go(() => mu.rLock());
      go(() => select([mu.rLock()]));
      yield* runtime.gosched();
      yield* runtime.gosched();
    });
    mu.rUnlock();
    expect(mu.tryLock()).toBe(true);
  }));

test("a deadlock names a writer that holds the lock, and a reader", async () => {
  const written = await deadlock(function* main() {
    const mu = new RWMutex();
    yield* mu.lock();
    yield* mu.rLock();
  });
  expect(written.message).toContain("goroutine 1 [sync.RWMutex.RLock]: held by goroutine 1\n");
  const read = await deadlock(function* main() {
    const mu = new RWMutex();
    go(function* reader() {
      yield* mu.rLock();
      yield* chan<void>().recv();
    });
    yield* runtime.gosched();
    yield* mu.lock();
  });
  expect(read.message).toContain("goroutine 1 [sync.RWMutex.Lock]: held by goroutine 2\n");
});

both("rLocker is the reader's side as a lock, for a Cond say", function* (t) {
  const mu = new RWMutex();
  const reader = mu.rLocker();
  yield* t.on(reader.lock());
  yield* t.on(reader.lock());
  expect(mu.tryLock()).toBe(false);
  reader.unlock();
  const cond = new Cond(reader);
  const waiting = t.perform(cond.wait());
  yield* t.settle();
  expect([waiting.done, mu.tryLock()]).toEqual([false, true]); // it gave its share up
  mu.unlock();
  cond.signal();
  yield* t.settle();
  expect([waiting.done, mu.tryLock()]).toEqual([true, false]); // and took it again
  reader.unlock();
  expect(mu.tryLock()).toBe(true);
  yield* t.on(waiting.g.join());
});
