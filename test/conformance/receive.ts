/** The receive operator: each cell of the truth table's row. Source: https://go.dev/ref/spec#Receive_operator */
import { expect } from "vitest";
import type { Chapter } from "./kit.ts";

export const receive: Chapter = (t) => ({
  *"making the operation receives nothing; performing it does"() {
    const ch = t.chan<number>(2);
    ch.trySend(1);
    const ops = [ch.recv(), ch.recv()];
    const okOp = ch.recvOk();
    yield* t.settle();
    expect(ch.length).toBe(1);
    t.expectWaiting(ch, 0, 0);
    ch.close();
    for (const expected of [1, undefined]) expect(yield* t.on(ops.pop() as (typeof ops)[0])).toBe(expected);
    expect(yield* t.on(okOp)).toStrictEqual([undefined, false]);
  },

  *"with a sender waiting and no buffer, takes its value and wakes it"() {
    const ch = t.chan<string>();
    const sender = t.perform(ch.send("v"));
    yield* t.settle();
    t.expectWaiting(ch, 1, 0);
    expect(yield* t.on(ch.recv())).toBe("v");
    t.expectWaiting(ch, 0, 0);
    yield* t.settle();
    expect(sender.done).toBe(true);
  },

  *"with a value, dequeues the oldest"() {
    const ch = t.chan<number>(3);
    for (let i = 1; i <= 3; i++) ch.trySend(i);
    expect(yield* t.on(ch.recv())).toBe(1);
    expect(ch.length).toBe(2);
  },

  *"with a full buffer, the longest parked sender's value moves into the freed slot and it wakes"() {
    const ch = t.chan<number>(2);
    ch.trySend(1);
    ch.trySend(2);
    const third = t.perform(ch.send(3));
    yield* t.settle();
    const fourth = t.perform(ch.send(4));
    yield* t.settle();
    expect(yield* t.on(ch.recv())).toBe(1);
    expect(ch.length).toBe(2);
    t.expectWaiting(ch, 1, 0);
    yield* t.settle();
    expect([third.done, fourth.done]).toStrictEqual([true, false]);
    const rest: unknown[] = [];
    for (let i = 0; i < 3; i++) rest.push(yield* t.on(ch.recv()));
    expect(rest).toStrictEqual([2, 3, 4]);
  },

  *"with neither, parks until a value is available"() {
    for (const capacity of [0, 2]) {
      const ch = t.chan<number>(capacity);
      const receiver = t.perform(ch.recv());
      yield* t.settle();
      expect(receiver.done).toBe(false);
      t.expectWaiting(ch, 0, 1);
      yield* t.on(ch.send(7));
      yield* t.settle();
      expect(receiver.value).toBe(7);
      t.expectWaiting(ch, 0, 0);
    }
  },

  *"on a closed channel drains the buffer, then gives the zero value at once, for ever"() {
    const ch = t.chan<number>(2);
    ch.trySend(1);
    ch.trySend(2);
    ch.close();
    const received: unknown[] = [];
    for (let i = 0; i < 5; i++) received.push(yield* t.on(ch.recv()));
    expect(received).toStrictEqual([1, 2, undefined, undefined, undefined]);
  },

  *"recvOk says whether the value was sent"() {
    const ch = t.chan<number>(2);
    ch.trySend(1);
    ch.close();
    expect(yield* t.on(ch.recvOk())).toStrictEqual([1, true]);
    expect(yield* t.on(ch.recvOk())).toStrictEqual([undefined, false]);
    expect(yield* t.on(ch.recvOk())).toStrictEqual([undefined, false]);
  },

  *"recvOk with a sender waiting takes its value"() {
    const ch = t.chan<number>();
    const sender = t.perform(ch.send(3));
    yield* t.settle();
    expect(yield* t.on(ch.recvOk())).toStrictEqual([3, true]);
    yield* t.settle();
    expect(sender.done).toBe(true);
  },

  *"recvOk parks, and is woken by a value or by close"() {
    for (const capacity of [0, 2]) {
      const ch = t.chan<number>(capacity);
      const byValue = t.perform(ch.recvOk());
      yield* t.settle();
      const byClose = t.perform(ch.recvOk());
      yield* t.settle();
      t.expectWaiting(ch, 0, 2);
      yield* t.on(ch.send(1));
      ch.close();
      t.expectWaiting(ch, 0, 0);
      yield* t.settle();
      expect([byValue.value, byClose.value]).toStrictEqual([
        [1, true],
        [undefined, false],
      ]);
    }
  },

  *"recvOk tells a sent undefined from a closed channel"() {
    const ch = t.chan<undefined>(1);
    ch.trySend(undefined);
    ch.close();
    expect(yield* t.on(ch.recvOk())).toStrictEqual([undefined, true]);
    expect(yield* t.on(ch.recvOk())).toStrictEqual([undefined, false]);
  },

  *"each recvOk gives a pair of its own"() {
    const ch = t.chan<number>(2);
    ch.trySend(1);
    ch.trySend(2);
    const op = ch.recvOk();
    const first = yield* t.on(op);
    const second = yield* t.on(op);
    expect([first, second]).toStrictEqual([
      [1, true],
      [2, true],
    ]);
  },

  *"one operation performed often is a new receive each time"() {
    const ch = t.chan<number>(2);
    const op = ch.recv();
    ch.trySend(1);
    ch.trySend(2);
    expect([yield* t.on(op), yield* t.on(op)]).toStrictEqual([1, 2]);
    const parked = t.perform(op);
    yield* t.settle();
    const parkedToo = t.perform(op);
    yield* t.settle();
    t.expectWaiting(ch, 0, 2);
    yield* t.on(ch.send(3));
    yield* t.on(ch.send(4));
    yield* t.settle();
    expect([parked.value, parkedToo.value]).toStrictEqual([3, 4]);
  },

  *"tryRecv with a sender waiting takes its value"() {
    const ch = t.chan<number>();
    const sender = t.perform(ch.send(5));
    yield* t.settle();
    expect(ch.tryRecv()).toStrictEqual([5, true]);
    expect(ch.tryRecv()).toBe(undefined);
    yield* t.settle();
    expect(sender.done).toBe(true);
  },

  *"tryRecv with a value dequeues it, and a parked sender's value moves up"() {
    const ch = t.chan<number>(1);
    ch.trySend(1);
    const sender = t.perform(ch.send(2));
    yield* t.settle();
    expect(ch.tryRecv()).toStrictEqual([1, true]);
    expect(ch.length).toBe(1);
    yield* t.settle();
    expect(sender.done).toBe(true);
    expect(ch.tryRecv()).toStrictEqual([2, true]);
  },

  *"tryRecv with neither says undefined and leaves nothing behind"() {
    for (const capacity of [0, 1]) {
      const ch = t.chan<number>(capacity);
      expect(ch.tryRecv()).toBe(undefined);
      t.expectWaiting(ch, 0, 0);
    }
  },

  *"tryRecv on a closed channel drains, then gives the zero value and false"() {
    const ch = t.chan<number, number>(1, { zero: -1 });
    ch.trySend(1);
    ch.close();
    expect(ch.tryRecv()).toStrictEqual([1, true]);
    expect(ch.tryRecv()).toStrictEqual([-1, false]);
    expect(ch.tryRecv()).toStrictEqual([-1, false]);
  },
});
