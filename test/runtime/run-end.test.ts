/** A run that is over: its goroutines stop where they stand, and none of its waiters is left anywhere. */
import { type Chan, chan, go, run, runtime, select, wait } from "millrace";
import { expect, test } from "vitest";
import { turns } from "../kit/turns.ts";

function waiting(ch: Chan<never, unknown> | Chan<number>): [senders: number, receivers: number] {
  const { sendq, recvq } = ch as unknown as { sendq: Iterable<unknown>; recvq: Iterable<unknown> };
  return [[...sendq].length, [...recvq].length];
}

test("when main returns the others stop where they stand and run nothing more", async () => {
  const log: string[] = [];
  const shared = chan<number>(); // outlives the run
  await run(function* () {
    for (const kind of ["parked", "runnable", "not started"]) {
      if (kind === "not started") yield* runtime.gosched();
      go(function* () {
        log.push(`${kind} starts`);
        try {
          if (kind === "parked") yield* shared.recv();
          else yield* runtime.gosched();
          log.push(`${kind} went on`);
        } finally {
          log.push(`${kind} finally`);
        }
      });
    }
  });
  shared.trySend(1);
  await turns();
  await turns();
  expect(log).toStrictEqual(["parked starts", "runnable starts"]);
});

test("its waiters are taken off every queue, so no later send is lost", async () => {
  const inbox = chan<number>();
  const outbox = chan<number>();
  await run(function* () {
    go(function* () {
      yield* inbox.recv();
    });
    go(function* () {
      yield* inbox.recvOk();
    });
    go(function* () {
      yield* select({ in: inbox.recv(), nested: select([inbox.recvOk(), outbox.send(2)]) });
    });
    go(function* () {
      yield* outbox.send(1);
    });
    yield* runtime.gosched();
    expect(waiting(inbox)).toStrictEqual([0, 4]);
    expect(waiting(outbox)).toStrictEqual([2, 0]);
  });
  expect(waiting(inbox)).toStrictEqual([0, 0]);
  expect(waiting(outbox)).toStrictEqual([0, 0]);
  expect(inbox.trySend(1)).toBe(false);
  expect(outbox.tryRecv()).toBe(undefined);
});

test("async functions that wait on the run's own channels leave their queues too, and never go on", async () => {
  const log: string[] = [];
  let ch = chan<number>();
  await run(async () => {
    ch = chan<number>();
    for (const op of [ch.recv(), ch.recvOk(), select({ v: ch.recv() })]) {
      go(async () => {
        await op;
        log.push("went on");
      });
    }
    await turns();
    expect(waiting(ch)).toStrictEqual([0, 3]);
  });
  expect(waiting(ch)).toStrictEqual([0, 0]);
  expect(ch.trySend(1)).toBe(false);
  ch.close();
  await turns();
  expect(log).toStrictEqual([]);
});

test("an async function's operations never complete once its run is over", async () => {
  const log: string[] = [];
  let ops: (() => PromiseLike<unknown>)[] = [];
  await run(function* () {
    const ch = chan<number>(10);
    const g = go(() => 1);
    ops = [
      () => ch.send(1),
      () => ch.recv(),
      () => select({ v: ch.recv(), default: true }),
      () => select([select([ch.send(2)])]),
      () => g.join(),
    ];
    ops.forEach((op, i) => {
      go(async () => {
        await turns(); // by then the run is over
        log.push(`${i} performs`);
        await op();
        log.push(`${i} went on`);
      });
    });
    yield* runtime.gosched();
  });
  for (let i = 0; i < 5; i++) await turns();
  expect(log).toStrictEqual(ops.map((_, i) => `${i} performs`));
});

test("an async function that spins on a select with default stops with its run", async () => {
  let spins = 0;
  await run(function* () {
    const ch = chan<number>();
    go(async () => {
      for (;;) {
        await select({ v: ch.recv(), default: true });
        spins++;
      }
    });
    while (spins < 100) yield* wait(turns());
  });
  const before = spins;
  for (let i = 0; i < 5; i++) await turns();
  expect(spins).toBe(before);
});

test("a goroutine that ends its run from inside does not perform its next operation", async () => {
  const log: string[] = [];
  const controller = new AbortController();
  const ch = chan<number>(5);
  const failed = run(
    function* () {
      controller.abort(new Error("enough"));
      log.push("still in the same turn");
      yield* ch.send(1);
      log.push("never");
    },
    { signal: controller.signal },
  );
  await expect(failed).rejects.toThrow("enough");
  await turns();
  expect([log, ch.length]).toStrictEqual([["still in the same turn"], 0]);
});

test("joins and promises of a finished run are left, too", async () => {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => resolvers.push(resolve));
  const log: string[] = [];
  await run(function* outer() {
    const forever = chan<void>();
    const g = go(function* () {
      yield* forever.recv();
      return "ended";
    });
    const inner = run(function* () {
      go(function* () {
        yield* g.join();
        log.push("joined after the end");
      });
      go(function* () {
        yield* wait(promise);
        log.push("waited after the end");
      });
      yield* runtime.gosched();
    });
    yield* wait(inner);
    forever.close();
    for (const resolve of resolvers) resolve();
    expect(yield* g.join()).toBe("ended");
    yield* wait(turns());
  });
  expect(log).toStrictEqual([]);
});

test("go, timers and operations from callbacks after the end do no harm", async () => {
  let late: () => void = () => {};
  let ch = chan<number>();
  await run(function* () {
    ch = chan<number>();
    const mine = ch;
    late = () => {
      mine.trySend(1);
      mine.close();
    };
    go(function* () {
      yield* mine.recv();
    });
    yield* runtime.gosched();
  });
  late();
  await turns();
  expect(ch.tryRecv()).toStrictEqual([undefined, false]);
});
