/** The nil channel: the first column of the truth table. */
import { range, select } from "millrace";
import { expect } from "vitest";
import { panics } from "../kit/panics.ts";
import type { Started } from "../kit/styles.ts";
import type { Chapter } from "./kit.ts";

export const nil: Chapter = (t) => ({
  *"send, receive and recvOk block for ever"() {
    const ch = t.nil<number>();
    const all: Started<unknown>[] = [t.perform(ch.send(1)), t.perform(ch.recv()), t.perform(ch.recvOk())];
    yield* t.settle();
    yield* t.settle();
    expect(all.map((each) => each.done)).toStrictEqual([false, false, false]);
  },

  *"trySend and tryRecv are never possible"() {
    const ch = t.nil<number>();
    expect(ch.trySend(1)).toBe(false);
    expect(ch.tryRecv()).toBe(undefined);
  },

  *"close panics"() {
    panics("CLOSE_OF_NIL", () => t.nil().close());
  },

  *"length and capacity are 0"() {
    const ch = t.nil();
    expect([ch.length, ch.capacity, ch.name]).toStrictEqual([0, 0, undefined]);
  },

  *"range blocks for ever"() {
    const loop = t.start(function* () {
      let n = 0;
      for (const r = range(t.nil<number>()); yield* t.on(r.next()); ) n++;
      return n;
    });
    yield* t.settle();
    expect(loop.done).toBe(false);
  },

  *"for await blocks for ever"() {
    let ended = false;
    void (async () => {
      for await (const _ of t.nil<number>()) ended = true;
      ended = true;
    })();
    yield* t.settle();
    expect(ended).toBe(false);
  },

  *"is never ready in a select: the others are chosen"() {
    const ch = t.nil<number>();
    const ready = t.chan<number>(1);
    for (let i = 0; i < 20; i++) {
      ready.trySend(i);
      const s = yield* t.on(select({ a: ch.recv(), b: ch.send(1), c: ch.recvOk(), ready: ready.recv() }));
      expect(s).toStrictEqual({ case: "ready", value: i });
    }
  },

  *"a select with only nil channels takes its default"() {
    const ch = t.nil<number>();
    const s = yield* t.on(select({ a: ch.recv(), b: ch.send(1), default: true }));
    expect(s.case).toBe("default");
  },

  *"a select with only nil channels and no default blocks for ever"() {
    const ch = t.nil<number>();
    const s = t.perform(select({ a: ch.recv(), b: ch.send(1) }));
    yield* t.settle();
    expect(s.done).toBe(false);
  },
});
