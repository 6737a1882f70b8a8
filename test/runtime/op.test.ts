/** An operation is a value: lazy, performed as often as wanted, awaitable as a promise is. */
import { chan, go, NotInGoroutineError, type Op, run, runtime, select, wait } from "millrace";
import { Operation } from "millrace/op";
import { expect, test } from "vitest";
import { reasonOf } from "../../src/runtime/thing.ts";
import { turns } from "../kit/turns.ts";

test("every operation is an Op with a reason", async () => {
  await run(function* () {
    const ch = chan<number>();
    const g = go(() => {});
    const all: [Op<unknown>, string][] = [
      [ch.recv(), "chan receive"],
      [ch.recvOk(), "chan receive"],
      [ch.send(1), "chan send"],
      [select({ a: ch.recv() }), "select"],
      [select({}), "select (no cases)"],
      [g.join(), "join"],
      [wait(Promise.resolve()), "promise"],
      [runtime.gosched(), "runtime.Gosched"],
    ];
    for (const [op, reason] of all) {
      expect(op).toBeInstanceOf(Operation);
      expect(reasonOf(op as Operation<unknown>)).toBe(reason);
    }
  });
});

test("yield* outside a goroutine says so", () => {
  const ch = chan<number>(1);
  ch.trySend(1);
  function* lost() {
    yield* ch.recv();
  }
  expect(() => lost().next()).toThrow(NotInGoroutineError);
  expect(() => [...lost()]).toThrow(/only inside a goroutine/);
  expect(ch.length).toBe(1);
});

test("yield* after an await, in a generator that an async function drives, says so", async () => {
  const ch = chan<number>(1);
  ch.trySend(1);
  const error = await run(async () => {
    await turns();
    function* lost() {
      yield* ch.recv();
    }
    try {
      lost().next();
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  });
  expect(error).toBeInstanceOf(NotInGoroutineError);
});

test("then never calls back before it has returned", async () => {
  const ch = chan<number>(2);
  const closed = chan<number>();
  closed.close();
  const order: string[] = [];
  ch.trySend(1);
  ch.recv().then(() => order.push("ready"));
  closed.send(1).then(null, () => order.push("failed"));
  order.push("after then");
  await turns();
  expect(order).toStrictEqual(["after then", "ready", "failed"]);
});

test("a partner's callback does not run inside the operation that completes it", async () => {
  const ch = chan<number>();
  const order: string[] = [];
  ch.recv().then(() => order.push("received"));
  ch.trySend(1);
  order.push("sent");
  const closing = chan<number>();
  closing.recv().then(() => order.push("woken"));
  closing.close();
  order.push("closed");
  await turns();
  expect(order).toStrictEqual(["sent", "closed", "received", "woken"]);
});

test("then inside a generator goroutine calls back later too, outside of any goroutine", async () => {
  const order: string[] = [];
  await run(function* main() {
    const ch = chan<number>(1);
    ch.trySend(1);
    ch.recv().then(
      () => order.push("callback"),
      () => {},
    );
    order.push("after then");
    yield* wait(turns());
  });
  expect(order).toStrictEqual(["after then", "callback"]);
});

test("then gives a promise of what the callback returns, throws or resolves to", async () => {
  const ch = chan<number>(8);
  for (let i = 0; i < 8; i++) ch.trySend(i);
  expect(await ch.recv().then((v) => (v as number) + 10)).toBe(10);
  expect(await ch.recv().then(async (v) => (v as number) + 10)).toBe(11);
  const failure = new Error("callback");
  await expect(
    ch.recv().then(() => {
      throw failure;
    }),
  ).rejects.toBe(failure);
  expect(
    await ch
      .recv()
      .then((v) => v)
      .then((v) => v),
  ).toBe(3);
  expect(await ch.recv().then()).toBe(4);
  expect(await ch.recv().then(undefined, () => "not called")).toBe(5);
  expect(await Promise.resolve(ch.recv())).toBe(6);
  expect(await Promise.all([ch.recv()])).toStrictEqual([7]);
});

test("then on one that waits can be chained before it is done", async () => {
  const ch = chan<number>();
  const doubled = ch.recv().then((v) => (v as number) * 2);
  const tripled = doubled.then((v) => v * 1.5);
  ch.trySend(4);
  expect(await doubled).toBe(8);
  expect(await tripled).toBe(12);
});

test("a rejection passes through a then that has no handler for it", async () => {
  const ch = chan<number>();
  ch.close();
  await expect(ch.send(1).then((v) => v)).rejects.toThrow("send on closed channel");
  const parked = chan<number>();
  const sent = parked.send(1).then(() => "sent");
  const again = sent.then(() => "sent");
  const checked = [expect(sent).rejects.toThrow("send on closed"), expect(again).rejects.toThrow("send on closed")];
  parked.close();
  await Promise.all(checked);
});

test("each then is a performance of its own", async () => {
  const ch = chan<number>(3);
  const op = ch.send(1);
  await Promise.all([op, op, op.then(() => {})]);
  expect(ch.length).toBe(3);
  const recv = ch.recv();
  expect(await Promise.all([recv, recv, recv])).toStrictEqual([1, 1, 1]);
});

test("making operations performs none, whatever is done to them but that", async () => {
  const ch = chan<number>(1);
  const op = ch.send(1);
  const list = [op, ch.send(2), select({ a: ch.send(3), default: true })];
  void JSON.stringify({ op });
  void list.map(String);
  await turns();
  expect(ch.length).toBe(0);
});

test("one operation may be performed by several goroutines and async functions at once", async () => {
  const ch = chan<number>();
  const op = ch.recv();
  const got: unknown[] = [];
  await run(function* () {
    const all = [
      go(function* () {
        got.push(yield* op);
      }),
      go(async () => {
        got.push(await op);
      }),
      go(() => op.then((v) => got.push(v))),
    ];
    for (let i = 0; i < 3; i++) yield* ch.send(i);
    for (const g of all) yield* g.join();
  });
  expect(got.sort()).toStrictEqual([0, 1, 2]);
});
