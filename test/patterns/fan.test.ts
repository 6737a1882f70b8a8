/** Fan-in, fan-out, and what stands between a source and its reader. */

import fc from "fast-check";
import { type Chan, chan, range, select } from "millrace";
import { background, withCancel } from "millrace/context";
import { broadcast, distribute, mapStream, merge, orDone, type Stream } from "millrace/patterns";
import { sleep, after as within } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both, type Kit } from "../kit/both.ts";
import { drain, Endless, failure, filled } from "../kit/streams.ts";
import { virtual } from "../kit/virtual.ts";

/** Two streams, which there are. */
function pair<T>(streams: Stream<T>[]): readonly [Stream<T>, Stream<T>] {
  return streams as unknown as readonly [Stream<T>, Stream<T>];
}

/** Sends values with pauses in between, then closes. */
function ticking<T>(t: Kit, values: readonly T[], ms: number): Chan<T> {
  const ch = chan<T>();
  t.go(function* () {
    for (const value of values) {
      yield* t.on(sleep(ms));
      yield* t.on(ch.send(value));
    }
    ch.close();
  });
  return ch;
}

describe("merge", () => {
  both("gives all values of all sources, each in its order, and closes when all have ended", function* (t) {
    const sources = [ticking(t, ["a1", "a2", "a3"], 10), ticking(t, ["b1", "b2"], 16), new Set(["c1"])] as const;
    const all = yield* drain(t, merge(...sources));
    expect(all).toEqual(["c1", "a1", "b1", "a2", "a3", "b2"]);
  });

  both("asks its sources in turn, so that none is starved", function* (t) {
    const merged = merge(new Endless(), filled(["x", "y"]), new Endless());
    const all: unknown[] = [];
    for (let i = 0; i < 6; i++) all.push(yield* t.on(merged.recv()));
    expect(all).toEqual([0, "x", 0, 1, "y", 1]);
    merged.stop();
  });

  both("of nothing is closed", function* (t) {
    expect(yield* t.on(merge().recvOk())).toEqual([undefined, false]);
  });

  both("takes nothing from a source before somebody receives, and then hands over", function* (t) {
    const ch = chan<number>();
    const merged = merge(ch, chan<number>());
    expect(ch.trySend(1)).toBe(false);
    const waiting = t.perform(merged.recv());
    yield* t.settle();
    expect(ch.trySend(1)).toBe(true);
    yield* t.on(waiting.g.join());
    expect(waiting.value).toBe(1);
    expect(ch.trySend(2)).toBe(false);
    merged.stop();
  });

  both("is a channel like any other: select, tryRecv, range, length", function* (t) {
    const ch = filled([1, 2, 3]);
    const merged = merge(ch);
    expect([merged.length, merged.capacity, merged.name]).toEqual([0, 0, "merge"]);
    expect(merged.tryRecv()).toEqual([1, true]);
    expect(yield* t.on(select({ v: merged.recv(), late: within(1).recv() }))).toEqual({ case: "v", value: 2 });
    const r = range(merged);
    expect([yield* t.on(r.next()), r.value, yield* t.on(r.next())]).toEqual([true, 3, false]);
    expect(merged.tryRecv()).toEqual([undefined, false]);
  });

  test("for await reads it to its end", () =>
    virtual(async () => {
      const all: number[] = [];
      for await (const n of merge([1, 2], filled([3]))) all.push(n);
      expect(all).toEqual([1, 3, 2]);
    }));

  both("a value of undefined is a value", function* (t) {
    expect(yield* drain(t, merge([undefined, 1], filled([undefined])))).toEqual([undefined, undefined, 1]);
  });
});

describe("merge with options", () => {
  both("ends with the context and leaves in the sources what was there", function* (t) {
    const ch = filled([1, 2, 3]);
    const [ctx, cancel] = withCancel(background());
    const out: Stream<number | string> = merge(ch, filled<string>([]), { ctx });
    expect(yield* t.on(out.recv())).toBe(1);
    cancel();
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    expect(ch.length).toBe(2);
  });

  both("takes empty options, and sources that are objects", function* (t) {
    const source = {
      *[Symbol.iterator]() {
        yield 1;
      },
    };
    expect(yield* drain(t, merge(source, {}))).toEqual([1]);
    expect(yield* drain(t, merge([], source))).toEqual([1]);
  });

  test("refuses a context that is none, and options that are not last", () => {
    expect(() => merge([1], { ctx: 1 as never })).toThrow("merge: ctx: expected a context, got 1");
    expect(() => merge({ ctx: background() } as never, [1])).toThrow(/^merge: expected a channel, an iterable/);
  });
});

describe("orDone", () => {
  both("leaves in the source what was there when it was over", function* (t) {
    const ch = filled([1, 2, 3]);
    const [ctx, cancel] = withCancel(background());
    const out = orDone(ch, ctx);
    expect(yield* t.on(out.recv())).toBe(1);
    cancel();
    expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
    expect(ch.length).toBe(2);
  });

  both("takes a done channel, that closes or sends", function* (t) {
    for (const end of [(ch: Chan<void>) => ch.close(), (ch: Chan<void>) => void ch.trySend()]) {
      const done = chan<void>();
      const out = orDone(chan<number>(), { done });
      const waiting = t.perform(out.recvOk());
      yield* t.settle();
      end(done);
      yield* t.on(waiting.g.join());
      expect(waiting.value).toEqual([undefined, false]);
    }
  });

  both("takes the end first, as it used to", function* (t) {
    const [ctx, cancel] = withCancel(background());
    const done = chan<void>();
    const outs = [orDone(ctx, filled([1, 2])), orDone(done, filled([1, 2]))];
    for (const out of outs) expect(yield* t.on(out.recv())).toBe(1);
    cancel();
    done.close();
    for (const out of outs) expect(yield* t.on(out.recvOk())).toEqual([undefined, false]);
  });

  test("refuses what is neither", () => {
    expect(() => orDone([], 1 as never)).toThrow("orDone: expected a channel, an iterable or an async iterable, got 1");
    expect(() => orDone([], { done: 1 } as never)).toThrow(/^orDone: expected a channel, an iterable/);
    expect(() => orDone(1 as never, background())).toThrow(/^orDone: expected a channel, an iterable/);
    expect(() => orDone(1 as never, [])).toThrow("orDone: expected a context or a channel, got 1");
    expect(() => orDone(undefined as never, [])).toThrow("orDone: expected a context or a channel, got undefined");
    expect(() => orDone(background(), 1 as never)).toThrow(/^orDone: expected a channel, an iterable/);
  });
});

describe("distribute", () => {
  both("gives each value to one reader, the one that asked first", function* (t) {
    const [a, b] = pair(distribute(ticking(t, [1, 2, 3, 4, 5, 6], 10), 2));
    const got: Record<string, number[]> = { a: [], b: [] };
    const readers = [
      t.go(function* () {
        for (const r = range(a); yield* t.on(r.next()); ) got.a?.push(r.value);
      }),
      t.go(function* () {
        for (const r = range(b); yield* t.on(r.next()); ) {
          got.b?.push(r.value);
          yield* t.on(sleep(25)); // a slow one
        }
      }),
    ];
    for (const g of readers) yield* t.on(g.join());
    expect(got).toEqual({ a: [1, 3, 4, 5], b: [2, 6] });
  });

  both("stopping one leaves its share to the others, stopping the last one ends the source", function* (t) {
    const source = new Endless();
    const [a, b] = pair(distribute(source, 2));
    expect(yield* t.on(a.recv())).toBe(0);
    a.stop();
    expect([yield* t.on(b.recv()), source.returned]).toEqual([1, 0]);
    b.stop();
    expect(source.returned).toBe(1);
  });

  test("refuses no channels", () => {
    expect(() => distribute([], 0)).toThrow("distribute: n: expected a whole number from 1 up, got 0");
  });
});

describe("broadcast", () => {
  both("gives each value to all readers, in order", function* (t) {
    const outs = broadcast(ticking(t, [1, 2, 3], 10), 3);
    const got = outs.map((out) => t.start(() => drain(t, out)));
    for (const { g } of got) yield* t.on(g.join());
    expect(got.map(({ value }) => value)).toEqual(Array(3).fill([1, 2, 3]));
  });

  for (const [kind, source] of [
    ["an iterable", () => [1, 2]],
    ["a channel", () => filled([1, 2])],
  ] as const) {
    both(`a reader hears of the end of ${kind} while the buffer of another is exactly full`, function* (t) {
      const [a, b] = pair(broadcast<number>(source(), 2, { buffer: 2 }));
      expect(yield* drain(t, a)).toEqual([1, 2]);
      expect(yield* drain(t, b)).toEqual([1, 2]);
    });
  }

  both(
    "a reader hears of the source's error while the buffer of another is full, which has its values first",
    function* (t) {
      const boom = new Error("boom");
      const source = (function* () {
        yield 1;
        throw boom;
      })();
      const [a, b] = pair(broadcast(source, 2, { buffer: 1 }));
      expect(yield* t.on(a.recv())).toBe(1);
      expect(yield* failure(t, a.recv())).toBe(boom);
      expect(yield* t.on(b.recv())).toBe(1);
      expect(yield* failure(t, b.recv())).toBe(boom);
    },
  );

  both("reads one value more than there is room for, and gives it when there is", function* (t) {
    const source = new Endless();
    const [a, b] = pair(broadcast(source, 2, { buffer: 2 }));
    for (let i = 0; i < 2; i++) expect(yield* t.on(a.recv())).toBe(i);
    for (let i = 0; i < 3; i++) expect(a.tryRecv()).toBe(undefined);
    expect(source.read).toBe(3);
    expect(yield* t.on(b.recv())).toBe(0);
    expect(yield* t.on(a.recv())).toBe(2);
    for (let i = 1; i < 4; i++) expect(yield* t.on(b.recv())).toBe(i);
    expect(yield* t.on(a.recv())).toBe(3);
    expect(source.read).toBe(4);
  });

  both("one goroutine may read them in any order", function* (t) {
    const [a, b] = pair(broadcast([1, 2], 2));
    const got = [yield* t.on(b.recv()), yield* t.on(a.recv())];
    got.push(yield* t.on(a.recv()), yield* t.on(b.recv()));
    expect(got).toEqual([1, 1, 2, 2]);
  });

  for (const buffer of [1, 3]) {
    both(`nobody is more than ${buffer} ahead of the slowest`, function* (t) {
      const source = new Endless();
      const [fast, slow] = pair(broadcast(source, 2, { buffer }));
      let ahead = 0;
      const reader = t.go(function* () {
        for (const r = range(fast); yield* t.on(r.next()); ) ahead++;
      });
      for (let taken = 0; taken < 5; taken++) {
        yield* t.settle();
        expect(ahead).toBe(taken + buffer);
        yield* t.on(slow.recv());
      }
      // One that stops does not hold up the others.
      slow.stop();
      for (let i = 0; i < 3; i++) yield* t.settle();
      expect(ahead).toBeGreaterThan(buffer + 6);
      fast.stop();
      yield* t.on(reader.join());
      expect(source.returned).toBe(1);
    });
  }

  both("what the source throws is thrown to all, after what they have yet to take", function* (t) {
    const boom = new Error("boom");
    const outs = pair(
      broadcast(
        (function* () {
          yield 1;
          throw boom;
        })(),
        2,
      ),
    );
    const [a, b] = outs;
    expect(yield* t.on(a.recv())).toBe(1);
    expect(yield* t.on(b.recv())).toBe(1);
    for (const out of outs) for (let i = 0; i < 2; i++) expect(yield* failure(t, out.recv())).toBe(boom);
  });

  test("refuses a buffer without room", () => {
    expect(() => broadcast([], 1, { buffer: 0 })).toThrow(
      "broadcast: buffer: expected a whole number from 1 up, got 0",
    );
    expect(() => broadcast([], 0)).toThrow("broadcast: n: expected a whole number from 1 up, got 0");
  });

  test("for any readers: all get all in order, whatever their pace, and those that stop disturb nobody", () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.array(fc.record({ pace: fc.nat(5), stopsAfter: fc.option(fc.nat(8)) }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (n, readers, buffer, channel) =>
          virtual(
            function* () {
              const values = Array.from({ length: n }, (_, i) => i);
              const outs = broadcast(channel ? filled(values) : values, readers.length, { buffer });
              const got = outs.map(() => [] as number[]);
              const group = readers.map(({ pace, stopsAfter }, i) =>
                mapStream([0], function* () {
                  const out = outs[i] as (typeof outs)[number];
                  for (const r = range(out); got[i]?.length !== stopsAfter && (yield* r.next()); ) {
                    got[i]?.push(r.value);
                    yield* sleep(pace);
                  }
                  out.stop();
                }),
              );
              yield* merge(...group).recv();
              for (const each of group) for (const r = range(each); yield* r.next(); );
              for (const [i, { stopsAfter }] of readers.entries()) {
                expect(got[i]).toEqual(values.slice(0, stopsAfter ?? n));
              }
            },
            { leaks: true },
          ),
      ),
      { numRuns: 150 },
    ));
});
