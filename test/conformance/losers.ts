/** Losing cases have no effect and leave nothing behind; selects nest, and may stand on both ends of one channel. */
import { go, select, wait } from "millrace";
import { expect } from "vitest";
import type { Chapter } from "./kit.ts";

export const losers: Chapter = (t) => ({
  *"all other queues are left at the moment one case wins, not later"() {
    const channels = Array.from({ length: 5 }, () => t.chan<number>());
    const s = t.perform(select(channels.map((ch, i) => (i % 2 === 0 ? ch.recv() : ch.send(i)))));
    yield* t.settle();
    channels.forEach((ch, i) => {
      t.expectWaiting(ch, i % 2, 1 - (i % 2));
    });
    expect(channels[2]?.trySend(9)).toBe(true);
    // The winner has not run yet; nobody may reach the losers any more.
    for (const ch of channels) t.expectWaiting(ch, 0, 0);
    expect(channels[1]?.tryRecv()).toBe(undefined);
    expect(channels[0]?.trySend(1)).toBe(false);
    yield* t.settle();
    expect(s.value).toStrictEqual({ index: 2, value: 9 });
  },

  *"a thousand lost selects leave the queues as they were"() {
    const rounds = t.rounds(1000);
    const quit = t.chan<void>();
    const data = t.chan<number>();
    t.go(function* () {
      for (let i = 0; i < rounds; i++) yield* t.on(data.send(i));
    });
    for (let i = 0; i < rounds; i++) {
      const s = yield* t.on(select({ quit: quit.recv(), data: data.recv() }));
      expect(s.value).toBe(i);
    }
    t.expectWaiting(quit, 0, 0);
    t.expectWaiting(data, 0, 0);
  },

  *"a losing send's value is sent nowhere"() {
    const a = t.chan<string>();
    const b = t.chan<string>();
    const s = t.perform(select({ a: a.send("a"), b: b.send("b") }));
    yield* t.settle();
    expect(a.tryRecv()).toStrictEqual(["a", true]);
    expect(b.tryRecv()).toBe(undefined);
    yield* t.settle();
    expect(s.value?.case).toBe("a");
    const later = t.perform(b.recv());
    yield* t.settle();
    expect(later.done).toBe(false);
  },

  *"a select on both ends of one channel doesn't meet itself"() {
    for (const capacity of [0, 1]) {
      const ch = t.chan<string>(capacity);
      if (capacity === 1) {
        const s = yield* t.on(select({ send: ch.send("mine"), recv: ch.recv() }));
        expect(s.case).toBe("send");
        continue;
      }
      const s = t.perform(select({ send: ch.send("mine"), recv: ch.recv() }));
      yield* t.settle();
      expect(s.done).toBe(false);
      t.expectWaiting(ch, 1, 1);
      yield* t.on(ch.send("theirs"));
      t.expectWaiting(ch, 0, 0);
      yield* t.settle();
      expect(s.value).toStrictEqual({ case: "recv", value: "theirs" });
    }
  },

  *"two selects on both ends of one channel meet each other"() {
    const ch = t.chan<string>();
    const a = t.perform(select({ send: ch.send("a"), recv: ch.recv() }));
    const b = t.perform(select({ send: ch.send("b"), recv: ch.recv() }));
    yield* t.settle();
    t.expectWaiting(ch, 0, 0);
    const cases = [a.value?.case, b.value?.case].sort();
    expect(cases).toStrictEqual(["recv", "send"]);
    const [receiver, sent] = a.value?.case === "recv" ? [a, "b"] : [b, "a"];
    expect(receiver.value?.value).toBe(sent);
  },

  *"a close wakes a select on both ends as a receiver"() {
    const ch = t.chan<string>();
    const s = t.perform(select({ send: ch.send("x"), recv: ch.recvOk() }));
    yield* t.settle();
    ch.close();
    yield* t.settle();
    expect(s.error).toBe(undefined);
    expect(s.value).toStrictEqual({ case: "recv", value: [undefined, false] });
  },

  *"a select is a case of another: ready inside"() {
    const a = t.chan<number>(1);
    const b = t.chan<number>(1);
    b.trySend(2);
    const s = yield* t.on(select({ inner: select({ a: a.recv(), b: b.recv() }), never: t.nil<number>().recv() }));
    expect(s).toStrictEqual({ case: "inner", value: { case: "b", value: 2 } });
  },

  *"a select is a case of another: woken inside, everything is left"() {
    const [a, b, c, d] = [t.chan<number>(), t.chan<number>(), t.chan<number>(), t.chan<number>()];
    const s = t.perform(select([select({ a: a.recv(), deep: select([b.recv(), c.send(1)]) }), d.recv()]));
    yield* t.settle();
    for (const ch of [a, b, d]) t.expectWaiting(ch, 0, 1);
    t.expectWaiting(c, 1, 0);
    expect(b.trySend(5)).toBe(true);
    for (const ch of [a, b, c, d]) t.expectWaiting(ch, 0, 0);
    yield* t.settle();
    expect(s.value).toStrictEqual({ index: 0, value: { case: "deep", value: { index: 0, value: 5 } } });
  },

  *"a select is a case of another: an outer case wins, everything inside is left"() {
    const [a, b, c, d] = [t.chan<number>(), t.chan<number>(), t.chan<number>(), t.chan<number>()];
    const s = t.perform(select([select({ a: a.recvOk(), deep: select([b.recv(), c.send(1)]) }), d.recv()]));
    yield* t.settle();
    expect(d.trySend(6)).toBe(true);
    for (const ch of [a, b, c, d]) t.expectWaiting(ch, 0, 0);
    yield* t.settle();
    expect(s.value).toStrictEqual({ index: 1, value: 6 });
  },

  *"an inner select with a default is always ready"() {
    const a = t.chan<number>();
    const s = yield* t.on(select({ inner: select({ a: a.recv(), default: true }), b: a.recv() }));
    expect(s).toStrictEqual({ case: "inner", value: { case: "default", value: undefined } });
  },

  *"a panic inside a nested select is thrown by the outer, and leaves nothing"() {
    const a = t.chan<number>();
    const b = t.chan<number>();
    const s = t.perform(select([select([a.send(1), b.recv()]), b.recvOk()]));
    yield* t.settle();
    t.expectWaiting(b, 0, 2);
    a.close();
    t.expectWaiting(b, 0, 0);
    yield* t.settle();
    expect((s.error as Error).message).toBe("send on closed channel");
  },

  *"with join() and wait() beside channels: the channel wins, then the goroutine, then the promise"() {
    const ch = t.chan<number>();
    const finish = t.chan<void>();
    const g = t.go(function* () {
      yield* t.on(finish.recv());
      return "ended";
    });
    let resolve: (value: string) => void = () => {};
    const promise = new Promise<string>((done) => {
      resolve = done;
    });
    const cases = () => select({ ch: ch.recv(), ended: g.join(), promise: wait(promise) });
    const first = t.perform(cases());
    yield* t.settle();
    yield* t.on(ch.send(1));
    yield* t.settle();
    expect(first.value).toStrictEqual({ case: "ch", value: 1 });

    const second = t.perform(cases());
    yield* t.settle();
    finish.close();
    yield* t.settle();
    expect(second.value).toStrictEqual({ case: "ended", value: "ended" });

    const third = t.perform(select({ ch: ch.recv(), promise: wait(promise) }));
    yield* t.settle();
    resolve("settled");
    yield* t.settle();
    expect(third.value).toStrictEqual({ case: "promise", value: "settled" });
    t.expectWaiting(ch, 0, 0);
  },

  *"joins of one goroutine in two cases, and in a nested select, wake it once"() {
    const gate = t.chan<void>();
    const g = t.go(function* () {
      yield* t.on(gate.recv());
      return "ended";
    });
    const other = t.chan<number>();
    const s = t.perform(select([g.join(), select([g.join(), other.recv()]), g.join()]));
    yield* t.settle();
    gate.close();
    t.expectWaiting(other, 0, 1);
    yield* t.settle();
    t.expectWaiting(other, 0, 0);
    expect([
      { index: 0, value: "ended" },
      { index: 1, value: { index: 0, value: "ended" } },
      { index: 2, value: "ended" },
    ]).toContainEqual(s.value); // each with the same chance
    expect(yield* t.on(g.join())).toBe("ended");
  },

  *"waits for one promise in two cases wake it once"() {
    let resolve: (value: number) => void = () => {};
    const promise = new Promise<number>((done) => {
      resolve = done;
    });
    const s = t.perform(select({ a: wait(promise), b: select([wait(promise)]), c: wait(promise) }));
    yield* t.settle();
    resolve(1);
    yield* t.settle();
    expect([
      { case: "a", value: 1 },
      { case: "b", value: { index: 0, value: 1 } },
      { case: "c", value: 1 },
    ]).toContainEqual(s.value);
  },

  *"a rejected promise in a case is thrown where the select is performed"() {
    const ch = t.chan<number>();
    const failure = new Error("rejected");
    const s = t.perform(select({ ch: ch.recv(), failed: wait(Promise.reject(failure)) }));
    yield* t.settle();
    expect(s.error).toBe(failure);
    t.expectWaiting(ch, 0, 0);
  },

  *"generator and async goroutines meet in selects on the same channels"() {
    const ch = t.chan<number>();
    const back = t.chan<number>();
    const quit = t.chan<void>();
    go(async () => {
      for (;;) {
        const s = await select({ v: ch.recv(), quit: quit.recv() });
        if (s.case === "quit") return;
        await back.send((s.value as number) * 2);
      }
    });
    go(function* () {
      for (;;) {
        const s = yield* select({ v: ch.recv(), quit: quit.recv() });
        if (s.case === "quit") return;
        yield* back.send((s.value as number) * 2);
      }
    });
    for (let i = 0; i < 50; i++) {
      yield* t.on(ch.send(i));
      expect(yield* t.on(back.recv())).toBe(i * 2);
    }
    quit.close();
    yield* t.settle();
    t.expectWaiting(ch, 0, 0);
  },
});
