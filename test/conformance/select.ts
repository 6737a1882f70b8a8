/** Select statements. Source: https://go.dev/ref/spec#Select_statements */
import { select, wait } from "millrace";
import { expect } from "vitest";
import { expectPanic } from "../kit/panics.ts";
import type { Chapter } from "./kit.ts";

export const selects: Chapter = (t) => ({
  *"takes the one case that can proceed"() {
    const a = t.chan<string>(1);
    const b = t.chan<string>(1);
    for (let i = 0; i < 10; i++) {
      b.trySend("b");
      expect(yield* t.on(select({ a: a.recv(), b: b.recv() }))).toStrictEqual({ case: "b", value: "b" });
    }
    expect([a.length, b.length]).toStrictEqual([0, 0]);
  },

  *"only the chosen case happens"() {
    const a = t.chan<string>(1);
    const b = t.chan<string>(1);
    const out = t.chan<string>(1);
    for (let i = 0; i < 20; i++) {
      a.trySend("a");
      b.trySend("b");
      yield* t.on(select({ a: a.recv(), b: b.recv(), out: out.send("o") }));
      const left = a.length + b.length + (1 - out.length);
      expect(left).toBe(2);
      a.tryRecv();
      b.tryRecv();
      out.tryRecv();
    }
  },

  *"the values of all send cases are evaluated once, in order, whichever is chosen"() {
    const ch = t.chan<number>(1);
    const evaluated: string[] = [];
    const value = (name: string): number => evaluated.push(name);
    yield* t.on(
      select({ a: t.nil<number>().send(value("a")), b: ch.send(value("b")), c: t.nil<number>().send(value("c")) }),
    );
    expect(evaluated).toStrictEqual(["a", "b", "c"]);
    expect(ch.tryRecv()).toStrictEqual([2, true]);
  },

  *"with none ready takes the default, and leaves nothing behind"() {
    const a = t.chan<string>();
    const b = t.chan<string>();
    for (let i = 0; i < 3; i++) {
      const s = yield* t.on(select({ a: a.recv(), b: b.send("b"), default: true }));
      expect(s).toStrictEqual({ case: "default", value: undefined });
    }
    t.expectWaiting(a, 0, 0);
    t.expectWaiting(b, 0, 0);
  },

  *"with one ready never takes the default"() {
    const ch = t.chan<number>(1);
    for (let i = 0; i < 20; i++) {
      ch.trySend(i);
      expect(yield* t.on(select({ default: true, v: ch.recv() }))).toStrictEqual({ case: "v", value: i });
    }
  },

  *"with none ready and no default blocks until one can proceed"() {
    const a = t.chan<string>();
    const b = t.chan<string>();
    const s = t.perform(select({ a: a.recv(), b: b.recv() }));
    yield* t.settle();
    expect(s.done).toBe(false);
    t.expectWaiting(a, 0, 1);
    t.expectWaiting(b, 0, 1);
    yield* t.on(b.send("v"));
    yield* t.settle();
    expect(s.value).toStrictEqual({ case: "b", value: "v" });
  },

  *"a send case proceeds when a receiver comes"() {
    const a = t.chan<string>();
    const b = t.chan<string>();
    const s = t.perform(select({ a: a.send("to a"), b: b.send("to b") }));
    yield* t.settle();
    expect(yield* t.on(b.recv())).toBe("to b");
    yield* t.settle();
    expect(s.value).toStrictEqual({ case: "b", value: undefined });
    t.expectWaiting(a, 0, 0);
    t.expectWaiting(b, 0, 0);
  },

  *"a parked send case's value moves into the freed slot of a full buffer"() {
    const ch = t.chan<number>(1);
    ch.trySend(1);
    const s = t.perform(select({ out: ch.send(2), never: t.nil<number>().recv() }));
    yield* t.settle();
    expect(yield* t.on(ch.recv())).toBe(1);
    expect(ch.length).toBe(1);
    yield* t.settle();
    expect(s.value?.case).toBe("out");
    expect(yield* t.on(ch.recv())).toBe(2);
  },

  *"a receive case on a closed channel is always ready, with the zero value"() {
    const ch = t.chan<number, number>(0, { zero: -1 });
    ch.close();
    expect(yield* t.on(select({ v: ch.recv(), never: t.nil<number>().recv() }))).toStrictEqual({
      case: "v",
      value: -1,
    });
    expect(yield* t.on(select([ch.recvOk()]))).toStrictEqual({ index: 0, value: [-1, false] });
  },

  *"a close wakes a parked receive case with the zero value"() {
    const ch = t.chan<number>();
    const other = t.chan<number>();
    const s = t.perform(select({ ch: ch.recvOk(), other: other.recv() }));
    yield* t.settle();
    ch.close();
    yield* t.settle();
    expect(s.value).toStrictEqual({ case: "ch", value: [undefined, false] });
    t.expectWaiting(other, 0, 0);
  },

  *"a send case on a closed channel panics when it is chosen"() {
    const ch = t.chan<number>();
    ch.close();
    const s = t.perform(select({ send: ch.send(1), never: t.nil<number>().recv() }));
    const withDefault = t.perform(select({ send: ch.send(1), default: true }));
    yield* t.settle();
    expectPanic(s.error, "SEND_ON_CLOSED");
    expectPanic(withDefault.error, "SEND_ON_CLOSED");
  },

  *"a parked send case panics when its channel is closed, and leaves the others"() {
    const ch = t.chan<number>();
    const other = t.chan<number>();
    const s = t.perform(select({ send: ch.send(1), other: other.recv(), out: other.send(2) }));
    yield* t.settle();
    ch.close();
    t.expectWaiting(other, 0, 0);
    yield* t.settle();
    expectPanic(s.error, "SEND_ON_CLOSED");
  },

  *"a closed send case that is not chosen does no harm"() {
    const closed = t.chan<number>();
    closed.close();
    const ready = t.chan<number>(1);
    let panicked = 0;
    for (let i = 0; i < 60; i++) {
      ready.trySend(1);
      const s = t.perform(select({ closed: closed.send(1), ready: ready.recv() }));
      yield* t.on(wait(Promise.resolve()));
      while (!s.done) yield* t.settle();
      if (s.error !== undefined) panicked++;
      ready.tryRecv();
    }
    expect(panicked).toBeGreaterThan(5);
    expect(panicked).toBeLessThan(55);
  },

  *"without cases blocks for ever"() {
    const named = t.perform(select({}));
    const listed = t.perform(select([]));
    yield* t.settle();
    yield* t.settle();
    expect([named.done, listed.done]).toStrictEqual([false, false]);
  },

  *"without cases but with a default takes it"() {
    expect((yield* t.on(select({ default: true }))).case).toBe("default");
  },

  *"a null or undefined case is never ready"() {
    const ch = t.chan<number>(1);
    for (let i = 0; i < 10; i++) {
      ch.trySend(i);
      const s = yield* t.on(select({ off: null, gone: undefined, on: ch.recv() }));
      expect(s).toStrictEqual({ case: "on", value: i });
      ch.trySend(i);
      expect(yield* t.on(select([null, undefined, ch.recv()]))).toStrictEqual({ index: 2, value: i });
    }
    const none = t.perform(select({ off: null, gone: undefined }));
    yield* t.settle();
    expect(none.done).toBe(false);
  },

  *"cases that are switched off by nil, as Go's programs do"() {
    let a: ReturnType<typeof t.chan<number>> | null = t.chan<number>(2);
    let b: ReturnType<typeof t.chan<number>> | null = t.chan<number>(2);
    for (const ch of [a, b]) {
      ch.trySend(1);
      ch.trySend(2);
      ch.close();
    }
    const got: unknown[] = [];
    while (a !== null || b !== null) {
      const s: { case: string; value: readonly [unknown, boolean] } = yield* t.on(
        select({ a: a?.recvOk(), b: b?.recvOk() }),
      );
      if (s.value[1]) got.push(`${s.case}${s.value[0]}`);
      else if (s.case === "a") a = null;
      else b = null;
    }
    expect(got.sort()).toStrictEqual(["a1", "a2", "b1", "b2"]);
  },

  *"an array of any length gives the index"() {
    const channels = Array.from({ length: 40 }, () => t.chan<number>(1));
    for (const i of [0, 17, 39]) {
      channels[i]?.trySend(i * 10);
      expect(yield* t.on(select(channels.map((ch) => ch.recv())))).toStrictEqual({ index: i, value: i * 10 });
    }
  },

  *"one select performed often is a new choice each time"() {
    const ch = t.chan<number>(1);
    const op = select({ v: ch.recv(), default: true });
    expect((yield* t.on(op)).case).toBe("default");
    ch.trySend(4);
    expect(yield* t.on(op)).toStrictEqual({ case: "v", value: 4 });
    expect((yield* t.on(op)).case).toBe("default");
  },

  *"one select may be performed by several goroutines at once"() {
    const ch = t.chan<number>();
    const quit = t.chan<void>();
    const op = select({ v: ch.recv(), quit: quit.recv() });
    const all = [];
    for (let i = 0; i < 3; i++) {
      all.push(t.perform(op));
      yield* t.settle();
    }
    t.expectWaiting(ch, 0, 3);
    yield* t.on(ch.send(1));
    yield* t.settle();
    quit.close();
    yield* t.settle();
    t.expectWaiting(ch, 0, 0);
    expect(all.map((s) => s.value?.case)).toStrictEqual(["v", "quit", "quit"]);
  },

  *"the same operation may stand in two cases"() {
    const ch = t.chan<number>();
    const op = ch.recv();
    const s = t.perform(select([op, op]));
    yield* t.settle();
    t.expectWaiting(ch, 0, 2);
    yield* t.on(ch.send(3));
    yield* t.settle();
    expect(s.value?.value).toBe(3);
    t.expectWaiting(ch, 0, 0);
  },
});
