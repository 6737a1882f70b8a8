/** Who is served: waiters first in, first out, and values in the order they were sent. */
import { select } from "millrace";
import { expect } from "vitest";
import type { Chapter } from "./kit.ts";

export const queues: Chapter = (t) => ({
  *"receivers are served in the order they came"() {
    for (const capacity of [0, 2]) {
      const ch = t.chan<string>(capacity);
      const receivers = [];
      for (let i = 0; i < 4; i++) {
        receivers.push(t.perform<unknown>(i % 2 === 0 ? ch.recv() : ch.recvOk()));
        yield* t.settle();
      }
      for (const value of ["a", "b", "c", "d"]) yield* t.on(ch.send(value));
      yield* t.settle();
      expect(receivers.map((r) => (Array.isArray(r.value) ? r.value[0] : r.value))).toStrictEqual(["a", "b", "c", "d"]);
    }
  },

  *"senders are served in the order they came"() {
    for (const capacity of [0, 2]) {
      const ch = t.chan<number>(capacity);
      for (let i = 0; i < capacity; i++) ch.trySend(i);
      const senders = [];
      for (let i = capacity; i < capacity + 4; i++) {
        senders.push(t.perform(ch.send(i)));
        yield* t.settle();
      }
      for (let i = 0; i < capacity + 4; i++) {
        expect(yield* t.on(ch.recv())).toBe(i);
        yield* t.settle();
        expect(senders.filter((s) => s.done).length).toBe(Math.min(i + 1, 4));
      }
    }
  },

  *"a select waits in the same queue as plain operations, at its place"() {
    const ch = t.chan<string>();
    const first = t.perform(ch.recv());
    yield* t.settle();
    const second = t.perform(select({ v: ch.recv(), never: t.nil<string>().recv() }));
    yield* t.settle();
    const third = t.perform(ch.recvOk());
    yield* t.settle();
    t.expectWaiting(ch, 0, 3);
    for (const value of ["a", "b", "c"]) yield* t.on(ch.send(value));
    yield* t.settle();
    expect([first.value, second.value, third.value]).toStrictEqual(["a", { case: "v", value: "b" }, ["c", true]]);
  },

  *"one that left the middle of the queue changes nothing for the others"() {
    const ch = t.chan<string>();
    const other = t.chan<string>();
    const first = t.perform(ch.recv());
    yield* t.settle();
    const leaves = t.perform(select({ ch: ch.recv(), other: other.recv() }));
    yield* t.settle();
    const last = t.perform(ch.recv());
    yield* t.settle();
    yield* t.on(other.send("elsewhere"));
    t.expectWaiting(ch, 0, 2);
    yield* t.on(ch.send("a"));
    yield* t.on(ch.send("b"));
    yield* t.settle();
    expect([first.value, leaves.value, last.value]).toStrictEqual(["a", { case: "other", value: "elsewhere" }, "b"]);
  },

  *"one that left the head or the tail of the queue changes nothing for the others"() {
    const ch = t.chan<number>();
    const out = t.chan<void>();
    const selects = [];
    const senders = [];
    for (let i = 0; i < 3; i++) {
      selects.push(t.perform(select({ send: ch.send(-1), out: out.recv() })));
      yield* t.settle();
      if (i === 2) break;
      senders.push(t.perform(ch.send(i)));
      yield* t.settle();
    }
    t.expectWaiting(ch, 5, 0);
    out.close();
    t.expectWaiting(ch, 2, 0);
    expect([yield* t.on(ch.recv()), yield* t.on(ch.recv())]).toStrictEqual([0, 1]);
    expect(ch.tryRecv()).toBe(undefined);
    yield* t.settle();
    expect(selects.map((s) => s.value?.case)).toStrictEqual(["out", "out", "out"]);
    expect(senders.every((s) => s.done)).toBe(true);
  },

  *"a goroutine that comes back goes to the end of the queue"() {
    const ch = t.chan<number>();
    const got: string[] = [];
    for (const name of ["a", "b", "c"]) {
      t.go(function* () {
        for (;;) {
          const value = yield* t.on(ch.recv());
          if (value === undefined) return;
          got.push(`${name}${value}`);
        }
      });
      yield* t.settle();
    }
    for (let i = 0; i < 6; i++) {
      yield* t.on(ch.send(i));
      yield* t.settle();
    }
    ch.close();
    yield* t.settle();
    expect(got).toStrictEqual(["a0", "b1", "c2", "a3", "b4", "c5"]);
  },

  *"a receiver that came late doesn't overtake one that was handed a value"() {
    const ch = t.chan<number>(1);
    const early = t.perform(ch.recv());
    yield* t.settle();
    ch.trySend(1);
    ch.trySend(2);
    expect(ch.tryRecv()).toStrictEqual([2, true]);
    yield* t.settle();
    expect(early.value).toBe(1);
  },

  *"at least one of the queues is empty, whatever happens"() {
    const ch = t.chan<number>(2);
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 4; i++) t.perform(ch.send(i));
      yield* t.settle();
      t.expectWaiting(ch, 2, 0);
      for (let i = 0; i < 8; i++) t.perform(ch.recv());
      yield* t.settle();
      t.expectWaiting(ch, 0, 4);
      for (let i = 0; i < 4; i++) t.perform(ch.send(i));
      yield* t.settle();
      t.expectWaiting(ch, 0, 0);
      expect(ch.length).toBe(0);
    }
  },
});
