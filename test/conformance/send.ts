/** Send statements: each cell of the truth table's row. Source: https://go.dev/ref/spec#Send_statements */
import { expect } from "vitest";
import { expectPanic, panics } from "../kit/panics.ts";
import type { Chapter } from "./kit.ts";

export const send: Chapter = (t) => ({
  *"making the operation sends nothing; performing it does"() {
    const ch = t.chan<number>(2);
    const op = ch.send(1);
    yield* t.settle();
    expect(ch.length).toBe(0);
    yield* t.on(op);
    expect(ch.length).toBe(1);
  },

  *"the value is evaluated when the operation is made, before communication begins"() {
    const ch = t.chan<number>(1);
    let x = 1;
    const op = ch.send(x);
    x = 2;
    yield* t.on(op);
    expect(yield* t.on(ch.recv())).toBe(1);
    expect(x).toBe(2);
  },

  *"with a receiver waiting, hands over directly and wakes it"() {
    for (const capacity of [0, 2]) {
      const ch = t.chan<string>(capacity);
      const receiver = t.perform(ch.recv());
      yield* t.settle();
      t.expectWaiting(ch, 0, 1);
      yield* t.on(ch.send("v"));
      expect(ch.length).toBe(0);
      t.expectWaiting(ch, 0, 0);
      yield* t.settle();
      expect(receiver).toMatchObject({ done: true, value: "v", error: undefined });
    }
  },

  *"with room, enqueues and goes on"() {
    const ch = t.chan<string>(1);
    yield* t.on(ch.send("v"));
    expect(ch.length).toBe(1);
    t.expectWaiting(ch, 0, 0);
  },

  *"with neither, parks until it can proceed"() {
    for (const capacity of [0, 1, 3]) {
      const ch = t.chan<number>(capacity);
      for (let i = 0; i < capacity; i++) ch.trySend(i);
      const sender = t.perform(ch.send(99));
      yield* t.settle();
      expect(sender.done).toBe(false);
      t.expectWaiting(ch, 1, 0);
      expect(ch.length).toBe(capacity);
      yield* t.on(ch.recv());
      yield* t.settle();
      expect(sender.done).toBe(true);
      t.expectWaiting(ch, 0, 0);
      expect(ch.length).toBe(capacity);
    }
  },

  *"gives nothing"() {
    const ch = t.chan<number>(1);
    expect(yield* t.on(ch.send(1))).toBe(undefined);
    const sender = t.perform(ch.send(2));
    yield* t.settle();
    yield* t.on(ch.recv());
    yield* t.settle();
    expect(sender.value).toBe(undefined);
  },

  *"on a closed channel panics"() {
    for (const capacity of [0, 2]) {
      const ch = t.chan<number>(capacity);
      ch.close();
      const sender = t.perform(ch.send(1));
      yield* t.settle();
      expectPanic(sender.error, "SEND_ON_CLOSED");
      expect((sender.error as Error).message).toBe("send on closed channel");
    }
  },

  *"on a closed channel panics even when the buffer has room or values"() {
    const ch = t.chan<number>(2);
    ch.trySend(1);
    ch.close();
    const sender = t.perform(ch.send(2));
    yield* t.settle();
    expectPanic(sender.error, "SEND_ON_CLOSED");
    expect(yield* t.on(ch.recvOk())).toStrictEqual([1, true]);
    expect(yield* t.on(ch.recvOk())).toStrictEqual([undefined, false]);
  },

  *"the panic can be caught and the goroutine goes on"() {
    const ch = t.chan<number>();
    const other = t.chan<string>(1);
    ch.close();
    const worker = t.start(function* () {
      try {
        yield* t.on(ch.send(1));
      } catch (error) {
        yield* t.on(other.send((error as Error).message));
      }
      return "went on";
    });
    yield* t.settle();
    expect(worker.value).toBe("went on");
    expect(yield* t.on(other.recv())).toBe("send on closed channel");
  },

  *"one operation performed often is a new send each time"() {
    const ch = t.chan<string>(3);
    const op = ch.send("again");
    for (let i = 0; i < 3; i++) yield* t.on(op);
    const parked = t.perform(op);
    const parkedToo = t.perform(op);
    yield* t.settle();
    t.expectWaiting(ch, 2, 0);
    const received: unknown[] = [];
    for (let i = 0; i < 5; i++) received.push(yield* t.on(ch.recv()));
    expect(received).toStrictEqual(Array(5).fill("again"));
    yield* t.settle();
    expect([parked.done, parkedToo.done]).toStrictEqual([true, true]);
  },

  *"trySend with a receiver waiting hands over"() {
    const ch = t.chan<number>();
    const receiver = t.perform(ch.recv());
    yield* t.settle();
    expect(ch.trySend(5)).toBe(true);
    expect(ch.trySend(6)).toBe(false);
    yield* t.settle();
    expect(receiver.value).toBe(5);
  },

  *"trySend with room enqueues"() {
    const ch = t.chan<number>(1);
    expect(ch.trySend(1)).toBe(true);
    expect(ch.length).toBe(1);
  },

  *"trySend with neither says false and has no effect"() {
    const unbuffered = t.chan<number>();
    expect(unbuffered.trySend(1)).toBe(false);
    t.expectWaiting(unbuffered, 0, 0);
    const full = t.chan<number>(1);
    full.trySend(1);
    expect(full.trySend(2)).toBe(false);
    expect(full.tryRecv()).toStrictEqual([1, true]);
    expect(full.tryRecv()).toBe(undefined);
  },

  *"trySend on a closed channel panics"() {
    for (const capacity of [0, 1]) {
      const ch = t.chan<number>(capacity);
      ch.close();
      panics("SEND_ON_CLOSED", () => ch.trySend(1));
    }
  },
});
