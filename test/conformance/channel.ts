/** Channel types and their length and capacity. Source: https://go.dev/ref/spec#Channel_types */
import { expect } from "vitest";
import type { Chapter } from "./kit.ts";

export const channel: Chapter = (t) => ({
  *"without a capacity the channel is unbuffered"() {
    const ch = t.chan<number>();
    expect([ch.length, ch.capacity]).toStrictEqual([0, 0]);
  },

  *"the capacity is the one it was made with"() {
    for (const capacity of [0, 1, 2, 3, 15, 16, 17, 100, 1000]) expect(t.chan(capacity).capacity).toBe(capacity);
  },

  *"an unbuffered send succeeds only when a receiver is ready"() {
    const ch = t.chan<number>();
    const send = t.perform(ch.send(1));
    yield* t.settle();
    expect(send.done).toBe(false);
    expect(yield* t.on(ch.recv())).toBe(1);
    yield* t.settle();
    expect(send.done).toBe(true);
  },

  *"a buffered send succeeds without blocking while the buffer is not full"() {
    const ch = t.chan<number>(2);
    yield* t.on(ch.send(1));
    yield* t.on(ch.send(2));
    const third = t.perform(ch.send(3));
    yield* t.settle();
    expect(third.done).toBe(false);
    expect(ch.length).toBe(2);
  },

  *"a buffered receive succeeds without blocking while the buffer is not empty"() {
    const ch = t.chan<number>(2);
    ch.trySend(1);
    ch.trySend(2);
    expect(yield* t.on(ch.recv())).toBe(1);
    expect(yield* t.on(ch.recv())).toBe(2);
    const third = t.perform(ch.recv());
    yield* t.settle();
    expect(third.done).toBe(false);
  },

  *"length is the number of values in the buffer, from 0 to the capacity"() {
    const ch = t.chan<number>(3);
    const lengths: number[] = [ch.length];
    for (let i = 0; i < 3; i++) {
      ch.trySend(i);
      lengths.push(ch.length);
    }
    for (let i = 0; i < 3; i++) {
      ch.tryRecv();
      lengths.push(ch.length);
    }
    expect(lengths).toStrictEqual([0, 1, 2, 3, 2, 1, 0]);
  },

  *"length does not count senders that wait"() {
    const ch = t.chan<number>(1);
    const unbuffered = t.chan<number>();
    for (let i = 0; i < 3; i++) {
      t.perform(ch.send(i));
      t.perform(unbuffered.send(i));
    }
    yield* t.settle();
    expect([ch.length, unbuffered.length]).toStrictEqual([1, 0]);
  },

  *"length and capacity of a closed channel are those of its buffer"() {
    const ch = t.chan<number>(3);
    ch.trySend(1);
    ch.trySend(2);
    ch.close();
    expect([ch.length, ch.capacity]).toStrictEqual([2, 3]);
    yield* t.on(ch.recv());
    expect([ch.length, ch.capacity]).toStrictEqual([1, 3]);
    yield* t.on(ch.recv());
    yield* t.on(ch.recv());
    expect([ch.length, ch.capacity]).toStrictEqual([0, 3]);
  },

  *"channels act as first-in-first-out queues"() {
    const values = [...Array(t.rounds(100)).keys()];
    for (const capacity of [0, 1, 2, 7, 16, 40]) {
      const ch = t.chan<number>(capacity);
      t.go(function* () {
        for (const value of values) yield* t.on(ch.send(value));
      });
      const received: unknown[] = [];
      for (const _ of values) received.push(yield* t.on(ch.recv()));
      expect(received).toStrictEqual(values);
    }
  },

  *"order holds while the buffer wraps around and grows"() {
    const ch = t.chan<number>(50);
    let sent = 0;
    let expected = 0;
    // Leaves and takes different numbers, so that the ring's head is everywhere when it has to grow.
    for (let round = 1; round <= 40; round++) {
      for (let i = 0; i < round && ch.length < 50; i++) yield* t.on(ch.send(sent++));
      for (let i = 0; i < round - 1 && ch.length > 1; i++) expect(yield* t.on(ch.recv())).toBe(expected++);
    }
    while (ch.length > 0) expect(yield* t.on(ch.recv())).toBe(expected++);
    expect(expected).toBe(sent);
  },

  *"any number of goroutines may use one channel, and each value is delivered once"() {
    for (const capacity of [0, 3]) {
      const ch = t.chan<number>(capacity);
      const seen: number[] = [];
      for (let s = 0; s < 5; s++) {
        t.go(function* () {
          for (let i = 0; i < 20; i++) yield* t.on(ch.send(s * 20 + i));
        });
      }
      const receivers = Array.from({ length: 4 }, () =>
        t.start(function* () {
          for (let i = 0; i < 25; i++) seen.push((yield* t.on(ch.recv())) as number);
        }),
      );
      while (receivers.some((r) => !r.done)) yield* t.settle();
      expect(seen.sort((a, b) => a - b)).toStrictEqual([...Array(100).keys()]);
    }
  },

  *"a channel is a value that channels carry"() {
    if (!t.factory.carriesAnything) return;
    const requests = t.chan<{ readonly n: number; readonly reply: ReturnType<typeof t.chan<number>> }>();
    t.go(function* () {
      const { n, reply } = (yield* t.on(requests.recv())) as { n: number; reply: ReturnType<typeof t.chan<number>> };
      yield* t.on(reply.send(n * n));
    });
    const reply = t.chan<number>();
    yield* t.on(requests.send({ n: 12, reply }));
    expect(yield* t.on(reply.recv())).toBe(144);
  },

  *"the name it was given can be read"() {
    expect(t.chan<number>(0, { name: "jobs" }).name).toBe("jobs");
    expect(t.chan<number>().name).toBe(undefined);
  },
});
