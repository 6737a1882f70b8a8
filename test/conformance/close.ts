/** Close. Source: https://go.dev/ref/spec#Close */
import { expect } from "vitest";
import { expectPanic, panics } from "../kit/panics.ts";
import type { Chapter } from "./kit.ts";

export const close: Chapter = (t) => ({
  *"records that no more values will be sent: what was sent is still received"() {
    const ch = t.chan<number>(3);
    ch.trySend(1);
    ch.trySend(2);
    ch.close();
    expect(yield* t.on(ch.recvOk())).toStrictEqual([1, true]);
    expect(yield* t.on(ch.recvOk())).toStrictEqual([2, true]);
    expect(yield* t.on(ch.recvOk())).toStrictEqual([undefined, false]);
  },

  *"wakes all receivers with the zero value, in the order they came"() {
    for (const capacity of [0, 2]) {
      const ch = t.chan<number, number>(capacity, { zero: 0 });
      const order: number[] = [];
      const receivers = [];
      for (let i = 0; i < 5; i++) {
        receivers.push(
          t.start(function* () {
            const value = yield* t.on(ch.recv());
            order.push(i);
            return value;
          }),
        );
        yield* t.settle();
      }
      t.expectWaiting(ch, 0, 5);
      ch.close();
      t.expectWaiting(ch, 0, 0);
      yield* t.settle();
      expect(receivers.map((r) => r.value)).toStrictEqual([0, 0, 0, 0, 0]);
      expect(order).toStrictEqual([0, 1, 2, 3, 4]);
    }
  },

  *"parked senders panic, all of them, in the order they came"() {
    for (const capacity of [0, 1]) {
      const ch = t.chan<number>(capacity);
      for (let i = 0; i < capacity; i++) ch.trySend(-1);
      const order: number[] = [];
      const senders = [];
      for (let i = 0; i < 3; i++) {
        senders.push(
          t.start(function* () {
            try {
              yield* t.on(ch.send(i));
            } finally {
              order.push(i);
            }
          }),
        );
        yield* t.settle();
      }
      t.expectWaiting(ch, 3, 0);
      ch.close();
      t.expectWaiting(ch, 0, 0);
      yield* t.settle();
      for (const sender of senders) expectPanic(sender.error, "SEND_ON_CLOSED");
      expect(order).toStrictEqual([0, 1, 2]);
    }
  },

  *"the values of senders that panicked are not received"() {
    const ch = t.chan<string>(1);
    ch.trySend("sent");
    const sender = t.perform(ch.send("lost"));
    yield* t.settle();
    ch.close();
    yield* t.settle();
    expectPanic(sender.error, "SEND_ON_CLOSED");
    expect(yield* t.on(ch.recvOk())).toStrictEqual(["sent", true]);
    expect(yield* t.on(ch.recvOk())).toStrictEqual([undefined, false]);
  },

  *"each parked sender gets a panic of its own"() {
    const ch = t.chan<number>();
    const a = t.perform(ch.send(1));
    const b = t.perform(ch.send(2));
    yield* t.settle();
    ch.close();
    yield* t.settle();
    expect(a.error).not.toBe(b.error);
  },

  *"never blocks, with nobody waiting or anybody"() {
    const idle = t.chan<number>();
    idle.close();
    const busy = t.chan<number>();
    t.perform(busy.recv());
    yield* t.settle();
    busy.close();
  },

  *"of a closed channel panics and changes nothing"() {
    const ch = t.chan<number>(1);
    ch.trySend(1);
    ch.close();
    panics("CLOSE_OF_CLOSED", () => ch.close());
    expect(yield* t.on(ch.recvOk())).toStrictEqual([1, true]);
    panics("CLOSE_OF_CLOSED", () => ch.close());
    expect(yield* t.on(ch.recvOk())).toStrictEqual([undefined, false]);
  },

  *"reaches every receiver of a done channel: Go's broadcast"() {
    const done = t.chan<void>();
    const workers = Array.from({ length: 20 }, () => t.perform(done.recvOk()));
    yield* t.settle();
    expect(workers.every((w) => !w.done)).toBe(true);
    done.close();
    yield* t.settle();
    expect(workers.map((w) => w.value)).toStrictEqual(Array(20).fill([undefined, false]));
  },

  *"wakes a receiver that was first handed a value only with that value"() {
    const ch = t.chan<string>();
    const receiver = t.perform(ch.recvOk());
    yield* t.settle();
    ch.trySend("v");
    ch.close();
    yield* t.settle();
    expect(receiver.value).toStrictEqual(["v", true]);
  },

  *"a sender whose value was taken does not panic when the channel closes before it runs on"() {
    const ch = t.chan<string>();
    const sender = t.perform(ch.send("v"));
    yield* t.settle();
    expect(ch.tryRecv()).toStrictEqual(["v", true]);
    ch.close();
    yield* t.settle();
    expect(sender).toMatchObject({ done: true, value: undefined, error: undefined });
  },
});
