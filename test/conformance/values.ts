/** Zero values, and what may travel through a channel: anything, as it is. */
import { expect } from "vitest";
import type { Chapter } from "./kit.ts";

const named = function named(): number {
  return 1;
};

/** Values that programs mistake for "nothing", for an end, or for something to unwrap. */
const PLAIN: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  0,
  -0,
  "",
  false,
  Number.POSITIVE_INFINITY,
  10n ** 30n,
  "text",
  [],
  {},
  { done: true, value: 1 },
  { case: "default" },
];

const awkward = (): unknown[] => [
  named,
  Symbol("mine"),
  new Map([[1, 2]]),
  new Error("a value, not a throw"),
  Object.create(null),
  (function* () {})(),
  {
    get value(): never {
      throw new Error("nobody may look inside");
    },
  },
];

export const values: Chapter = (t) => ({
  *"each plain value arrives, by hand-over and through the buffer"() {
    for (const capacity of [0, 1]) {
      for (const value of PLAIN) {
        const ch = t.chan<unknown>(capacity);
        const sender = t.perform(ch.send(value));
        yield* t.settle();
        expect(yield* t.on(ch.recvOk())).toStrictEqual([value, true]);
        yield* t.settle();
        expect(sender.done).toBe(true);
        const receiver = t.perform(ch.recv());
        yield* t.settle();
        yield* t.on(ch.send(value));
        yield* t.settle();
        expect(receiver.done).toBe(true);
        expect(receiver.value).toStrictEqual(value);
      }
    }
  },

  *"each object and function arrives as itself"() {
    if (!t.factory.carriesAnything) return;
    for (const capacity of [0, 1]) {
      for (const value of awkward()) {
        const ch = t.chan<unknown>(capacity);
        const receiver = t.perform(ch.recvOk());
        yield* t.settle();
        yield* t.on(ch.send(value));
        yield* t.settle();
        expect(receiver.value?.[0] === value).toBe(true);
      }
    }
  },

  *"a promise is a value: recvOk gives it, not what it resolves to"() {
    if (!t.factory.carriesAnything) return;
    const ch = t.chan<Promise<number>>(1);
    const promise = Promise.resolve(1);
    yield* t.on(ch.send(promise));
    const [value] = yield* t.on(ch.recvOk());
    expect(value === promise).toBe(true);
  },

  *"recv in a generator goroutine gives the promise; await unwraps it, as await does"() {
    if (!t.factory.carriesAnything) return;
    const ch = t.chan<Promise<number>>(1);
    const promise = Promise.resolve(7);
    yield* t.on(ch.send(promise));
    const value = yield* t.on(ch.recv());
    if (t.style.name === "yield*") expect(value === promise).toBe(true);
    else expect(value).toBe(7);
  },

  *"an operation is a value: it is carried, not performed"() {
    if (!t.factory.carriesAnything) return;
    const data = t.chan<number>(1);
    data.trySend(5);
    const ops = t.chan<unknown>(1);
    const op = data.recv();
    yield* t.on(ops.send(op));
    const [carried] = yield* t.on(ops.recvOk());
    expect(carried === op).toBe(true);
    expect(data.length).toBe(1);
    yield* t.on(op);
    expect(data.length).toBe(0);
  },

  *"the zero value is undefined by default"() {
    const ch = t.chan<number>();
    ch.close();
    expect(yield* t.on(ch.recv())).toBe(undefined);
  },

  *"the zero value is what { zero } gave, in every kind of receive"() {
    for (const zero of [0, "", false, null, -1]) {
      const ch = t.chan<unknown, unknown>(0, { zero });
      const receiver = t.perform(ch.recv());
      const receiverOk = t.perform(ch.recvOk());
      yield* t.settle();
      ch.close();
      yield* t.settle();
      expect(receiver.value).toBe(zero);
      expect(receiverOk.value).toStrictEqual([zero, false]);
      expect(yield* t.on(ch.recv())).toBe(zero);
      expect(yield* t.on(ch.recvOk())).toStrictEqual([zero, false]);
      expect(ch.tryRecv()).toStrictEqual([zero, false]);
    }
  },

  *"an object as zero value is the same one each time"() {
    if (!t.factory.carriesAnything) return;
    const zero = { empty: true };
    const ch = t.chan<object, object>(0, { zero });
    ch.close();
    expect((yield* t.on(ch.recv())) === zero).toBe(true);
    expect((yield* t.on(ch.recv())) === zero).toBe(true);
  },

  *"a sent value equal to the zero value counts as sent"() {
    const ch = t.chan<number, number>(1, { zero: 0 });
    ch.trySend(0);
    ch.close();
    expect(yield* t.on(ch.recvOk())).toStrictEqual([0, true]);
    expect(yield* t.on(ch.recvOk())).toStrictEqual([0, false]);
  },
});
