/**
 * Which of several ready cases: "a single one … is chosen via a uniform pseudo-random selection"; `order: "listed"`.
 *
 * The bound is the chi-square value that a uniform choice exceeds once in a million, so a chance failure is out of reach
 * and a bias of a few per cent is not.
 */
import { type Op, select } from "millrace";
import { expect } from "vitest";
import type { Script } from "../kit/styles.ts";
import type { Chapter, Kit } from "./kit.ts";

const ROUNDS = 6000;

/** The one-in-a-million value of chi-square (Wilson and Hilferty's approximation). */
export function bound(degrees: number): number {
  const a = 2 / (9 * degrees);
  return degrees * (1 - a + 4.75 * Math.sqrt(a)) ** 3;
}

export function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Performs `select` over `n` cases, of which those in `ready` can proceed, and checks that each of them is as likely. */
function* fair(t: Kit, n: number, ready: readonly number[], order?: "random"): Script {
  const idle = t.chan<number>();
  // A closed channel is ready for ever; so each round has the same cases ready.
  const closed = t.chan<number>();
  closed.close();
  const cases: Op<unknown>[] = Array.from({ length: n }, (_, i) => (ready.includes(i) ? closed.recv() : idle.recv()));
  const op = select(cases, order === undefined ? {} : { order });
  const counts = new Map<number, number>(ready.map((i) => [i, 0]));
  for (let round = t.rounds(ROUNDS); round > 0; round--) {
    const { index } = yield* t.on(op);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toStrictEqual([...ready].sort((a, b) => a - b));
  if (ready.length > 1) expect(chiSquare([...counts.values()])).toBeLessThan(bound(ready.length - 1));
  t.expectWaiting(idle, 0, 0);
}

const all = (n: number): number[] => [...Array(n).keys()];

export const choice: Chapter = (t) => ({
  *"is uniform among 2 ready cases"() {
    yield* fair(t, 2, all(2));
  },
  *"is uniform among 3 ready cases"() {
    yield* fair(t, 3, all(3), "random");
  },
  *"is uniform among 5 ready cases"() {
    yield* fair(t, 5, all(5));
  },
  *"is uniform among 16 ready cases"() {
    yield* fair(t, 16, all(16));
  },
  *"is uniform among the ready ones where only some are: neighbours, ends, scattered"() {
    yield* fair(t, 3, [0, 1]);
    yield* fair(t, 5, [0, 4]);
    yield* fair(t, 16, [3, 7, 12]);
  },
  *"is the only ready one, wherever it stands"() {
    for (const at of [0, 2, 4]) yield* fair(t, 5, [at]);
  },

  *"is uniform between a send and a receive, by name, made anew each time"() {
    const full = t.chan<number>(1);
    const empty = t.chan<number>(1);
    full.trySend(0);
    let sent = 0;
    const rounds = t.rounds(1500);
    for (let round = 0; round < rounds; round++) {
      const s = yield* t.on(select({ recv: full.recv(), send: empty.send(1) }));
      if (s.case === "send") {
        sent++;
        empty.tryRecv();
      } else full.trySend(0);
    }
    expect(chiSquare([sent, rounds - sent])).toBeLessThan(bound(1));
  },

  *"does not depend on what was chosen before: pairs of choices are uniform too"() {
    const closed = t.chan<number>();
    closed.close();
    const op = select([closed.recv(), closed.recv(), closed.recv()]);
    const pairs = Array<number>(9).fill(0);
    let before = (yield* t.on(op)).index;
    for (let round = t.rounds(ROUNDS); round > 0; round--) {
      const { index } = yield* t.on(op);
      const at = before * 3 + index;
      pairs[at] = (pairs[at] as number) + 1;
      before = index;
    }
    expect(chiSquare(pairs)).toBeLessThan(bound(8));
  },

  *"with order listed is the first ready one"() {
    const [a, b, c] = [t.chan<string>(1), t.chan<string>(1), t.chan<string>(1)];
    for (let i = 0; i < 30; i++) {
      b.trySend("b");
      c.trySend("c");
      const s = yield* t.on(select([a.recv(), b.recv(), c.recv()], { order: "listed" }));
      expect(s).toStrictEqual({ index: 1, value: "b" });
    }
    c.trySend("c");
    expect((yield* t.on(select({ a: a.recv(), b: b.recv(), c: c.recv() }, { order: "listed" }))).case).toBe("c");
  },

  *"with order listed still takes the default only when none is ready"() {
    const ch = t.chan<number>(1);
    const op = select({ default: true, v: ch.recv() }, { order: "listed" });
    expect((yield* t.on(op)).case).toBe("default");
    ch.trySend(1);
    expect((yield* t.on(op)).case).toBe("v");
  },

  *"with order listed, parked, is the first that can proceed"() {
    const [a, b] = [t.chan<string>(), t.chan<string>()];
    const s = t.perform(select([a.recv(), b.recv()], { order: "listed" }));
    yield* t.settle();
    b.trySend("b");
    expect(a.trySend("a")).toBe(false);
    yield* t.settle();
    expect(s.value).toStrictEqual({ index: 1, value: "b" });
  },

  *"two levels of priority: a listed select with a random one inside"() {
    const stop = t.chan<void>(1);
    const [a, b] = [t.chan<string>(1), t.chan<string>(1)];
    a.trySend("a");
    b.trySend("b");
    stop.trySend();
    const op = select([stop.recv(), select([a.recv(), b.recv()])], { order: "listed" });
    expect((yield* t.on(op)).index).toBe(0);
    expect((yield* t.on(op)).index).toBe(1);
    expect(a.length + b.length).toBe(1);
  },
});
