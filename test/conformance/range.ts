/** Receiving until a channel is closed: `range` and `for await`. Source: https://go.dev/ref/spec#For_range */
import { range, select } from "millrace";
import { expect } from "vitest";
import type { Chapter } from "./kit.ts";

/** `for await` is for async functions; as a goroutine of its own it can be watched from both styles. */
async function collect<T>(ch: AsyncIterable<T>, into: T[], limit = Number.POSITIVE_INFINITY): Promise<string> {
  for await (const value of ch) {
    into.push(value);
    if (into.length === limit) return "left";
  }
  return "ended";
}

export const ranges: Chapter = (t) => ({
  *"gives the successive values sent until the channel is closed"() {
    for (const capacity of [0, 1, 10]) {
      const ch = t.chan<number>(capacity);
      t.go(function* () {
        for (let i = 0; i < 10; i++) yield* t.on(ch.send(i));
        ch.close();
      });
      const values: number[] = [];
      for (const r = range(ch); yield* t.on(r.next()); ) values.push(r.value);
      expect(values).toStrictEqual([...Array(10).keys()]);
    }
  },

  *"drains the buffer of a closed channel"() {
    const ch = t.chan<number>(3);
    for (let i = 0; i < 3; i++) ch.trySend(i);
    ch.close();
    const values: number[] = [];
    for (const r = range(ch); yield* t.on(r.next()); ) values.push(r.value);
    expect(values).toStrictEqual([0, 1, 2]);
  },

  *"does nothing on a closed and drained channel"() {
    const ch = t.chan<number, number>(1, { zero: 5 });
    ch.close();
    const r = range(ch);
    expect(yield* t.on(r.next())).toBe(false);
    expect(yield* t.on(r.next())).toBe(false);
  },

  *"goes on over values that are undefined, null, false and 0"() {
    const ch = t.chan<unknown>(4);
    const sent = [undefined, null, false, 0];
    for (const value of sent) ch.trySend(value);
    ch.close();
    const values: unknown[] = [];
    for (const r = range(ch); yield* t.on(r.next()); ) values.push(r.value);
    expect(values).toStrictEqual(sent);
  },

  *"parks while the channel is empty and open, and a close ends it"() {
    const ch = t.chan<number>();
    const loop = t.start(function* () {
      let n = 0;
      for (const r = range(ch); yield* t.on(r.next()); ) n += r.value;
      return n;
    });
    yield* t.settle();
    t.expectWaiting(ch, 0, 1);
    yield* t.on(ch.send(4));
    yield* t.settle();
    t.expectWaiting(ch, 0, 1);
    ch.close();
    yield* t.settle();
    expect(loop.value).toBe(4);
  },

  *"leaving the loop leaves the channel as it is"() {
    const ch = t.chan<number>(3);
    for (let i = 0; i < 3; i++) ch.trySend(i);
    for (const r = range(ch); yield* t.on(r.next()); ) if (r.value === 0) break;
    expect(ch.length).toBe(2);
    expect(ch.trySend(9)).toBe(true);
  },

  *"several goroutines may range over one channel"() {
    const ch = t.chan<number>();
    const values: number[] = [];
    const loops = Array.from({ length: 3 }, () =>
      t.start(function* () {
        for (const r = range(ch); yield* t.on(r.next()); ) values.push(r.value);
      }),
    );
    for (let i = 0; i < 30; i++) yield* t.on(ch.send(i));
    ch.close();
    yield* t.settle();
    expect(loops.every((loop) => loop.done)).toBe(true);
    expect(values.sort((a, b) => a - b)).toStrictEqual([...Array(30).keys()]);
  },

  *"its next is a case of a select"() {
    const ch = t.chan<number>();
    const r = range(ch);
    const loop = t.start(function* () {
      const values: number[] = [];
      for (;;) {
        const s = yield* t.on(select({ more: r.next(), never: t.nil<number>().recv() }));
        if (s.case === "more" && !s.value) return values;
        values.push(r.value);
      }
    });
    yield* t.settle();
    yield* t.on(ch.send(1));
    yield* t.settle();
    yield* t.on(ch.send(2));
    ch.close();
    yield* t.settle();
    expect(loop.value).toStrictEqual([1, 2]);
  },

  *"for await gives the successive values until the channel is closed"() {
    for (const capacity of [0, 2]) {
      const ch = t.chan<number>(capacity);
      const values: number[] = [];
      const ended = collect(ch, values);
      for (let i = 0; i < 5; i++) yield* t.on(ch.send(i));
      ch.close();
      yield* t.settle();
      expect(values).toStrictEqual([0, 1, 2, 3, 4]);
      void ended;
    }
  },

  *"for await drains a closed channel and does nothing on a drained one"() {
    const ch = t.chan<number>(2);
    ch.trySend(1);
    ch.trySend(2);
    ch.close();
    const values: number[] = [];
    void collect(ch, values);
    yield* t.settle();
    expect(values).toStrictEqual([1, 2]);
    const none: number[] = [];
    void collect(ch, none);
    yield* t.settle();
    expect(none).toStrictEqual([]);
  },

  *"leaving for await leaves the channel as it is, and nobody waiting on it"() {
    const ch = t.chan<number>(3);
    for (let i = 0; i < 3; i++) ch.trySend(i);
    const values: number[] = [];
    void collect(ch, values, 2);
    yield* t.settle();
    expect([values, ch.length]).toStrictEqual([[0, 1], 1]);
    t.expectWaiting(ch, 0, 0);
    expect(ch.trySend(9)).toBe(true);
  },

  *"for await gives each value as it was sent, promises too"() {
    if (!t.factory.carriesAnything) return;
    const ch = t.chan<unknown>(3);
    const promise = Promise.resolve(1);
    const rejected = Promise.reject(new Error("carried, not thrown"));
    rejected.catch(() => {});
    const op = ch.recv();
    const sent = [promise, rejected, op];
    for (const value of sent) ch.trySend(value);
    ch.close();
    const values: unknown[] = [];
    void collect(ch, values);
    yield* t.settle();
    expect(values.length).toBe(3);
    expect(yield* t.on(op)).toBe(undefined);
    for (const [i, value] of values.entries()) expect(value === sent[i]).toBe(true);
  },
});
