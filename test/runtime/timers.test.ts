/** The heap of timers against a sorted array, and its alarm against what it promises. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { P } from "../../src/runtime/proc.ts";
import { RuntimeTimer } from "../../src/runtime/timers.ts";
import { HandClock } from "../kit/hand-clock.ts";

interface Entry {
  readonly id: number;
  readonly timer: RuntimeTimer;
  when: number;
  seq: number;
}

/** The real thing and the model: the pending timers in an array, sorted anew whenever it matters. */
class Bench {
  readonly clock = new HandClock();
  readonly p: P = new P({});
  readonly entries: Entry[] = [];
  readonly fired: number[] = [];
  readonly expected: number[] = [];
  pending: Entry[] = [];

  constructor() {
    this.p.clock = this.clock;
  }

  add(delay: number, weak: boolean): void {
    const id = this.entries.length;
    const timer = new RuntimeTimer(this.p.timers, () => this.fired.push(id), undefined, weak);
    this.entries.push({ id, timer, when: 0, seq: 0 });
    this.set(id, delay);
  }

  set(id: number, delay: number): void {
    const entry = this.entries[id] as Entry;
    this.remove(id);
    entry.when = this.clock.time + delay;
    entry.seq = this.p.timers.order();
    if (entry.when !== Infinity) this.pending.push(entry);
    this.p.timers.add(entry.timer, entry.when, entry.seq);
  }

  remove(id: number): void {
    const entry = this.entries[id] as Entry;
    this.pending = this.pending.filter((each) => each !== entry);
    this.p.timers.remove(entry.timer);
  }

  pass(ms: number): void {
    const end = this.clock.time + ms;
    this.pending.sort((a, b) => a.when - b.when || a.seq - b.seq);
    while (this.pending[0] !== undefined && this.pending[0].when <= end) {
      this.expected.push((this.pending.shift() as Entry).id);
    }
    this.clock.pass(ms);
  }

  async verify(): Promise<void> {
    await Promise.resolve();
    const { timers } = this.p;
    expect(this.fired).toEqual(this.expected);
    expect(timers.length).toBe(this.pending.length);
    const next = Math.min(Infinity, ...this.pending.map(({ when }) => when));
    expect(timers.next).toBe(next);
    const pending = new Set(this.pending);
    const wrong = this.entries.filter((entry) => entry.timer.index >= 0 !== pending.has(entry));
    expect(wrong).toEqual([]);
    const { alarm } = this.clock;
    // The alarm is set by how long it is until then, which is rounded.
    if (next !== Infinity) expect(alarm?.when).toBeLessThanOrEqual(next + Math.abs(next) * Number.EPSILON);
    if (alarm !== null) expect(alarm.wanted).toBe(this.pending.some(({ timer }) => !timer.weak));
  }
}

const delay = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 40 }) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 40, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Infinity) },
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("add" as const), delay, weak: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("set" as const), which: fc.nat(), delay }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("remove" as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.double({ min: 0, max: 5, noNaN: true }) }),
  },
);

test("any mix of set, reset, stop and time passing fires what a sorted array would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 150, size: "max" }), async (steps) => {
      const bench = new Bench();
      for (const each of steps) {
        const { length } = bench.entries;
        if (each.do === "add") bench.add(each.delay, each.weak);
        else if (each.do === "pass") bench.pass(each.ms);
        else if (length > 0 && each.do === "set") bench.set(each.which % length, each.delay);
        else if (length > 0 && each.do === "remove") bench.remove(each.which % length);
        if (each.do !== "add") await bench.verify();
      }
      await bench.verify();
      bench.pass(1000);
      await bench.verify();
      expect(bench.pending).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test("a timer that sets timers, in the past too, has them fire in their turn", () => {
  const bench = new Bench();
  const { timers } = bench.p;
  const order: string[] = [];
  const set = (name: string, when: number, then: () => void = () => {}): void => {
    const timer = new RuntimeTimer(
      timers,
      () => {
        order.push(name);
        then();
      },
      undefined,
    );
    timers.add(timer, when, timers.order());
  };
  set("a", 10, () => {
    set("late", 5);
    set("same", 10);
    set("next", 11);
  });
  set("b", 10);
  bench.clock.pass(10);
  expect(order).toEqual(["a", "late", "b", "same"]);
  bench.clock.pass(1);
  expect(order).toEqual(["a", "late", "b", "same", "next"]);
});

test("a timer that throws does not keep the others from firing", () => {
  const bench = new Bench();
  const { timers } = bench.p;
  bench.add(10, false);
  timers.add(
    new RuntimeTimer(
      timers,
      () => {
        throw new Error("it broke");
      },
      undefined,
    ),
    5,
    timers.order(),
  );
  expect(() => bench.clock.pass(5)).toThrow("it broke");
  bench.clock.time = 5;
  bench.clock.pass(5);
  expect(bench.fired).toEqual([0]);
});

test("a loop that sets a timeout and takes it back sets one alarm", async () => {
  const bench = new Bench();
  for (let i = 0; i < 1000; i++) {
    bench.add(60_000, false);
    bench.remove(i);
    bench.clock.pass(0.001);
  }
  expect(bench.clock.started).toBe(1);
  expect(bench.clock.alarm?.wanted).toBe(true);
  await Promise.resolve();
  expect(bench.clock.alarm?.wanted).toBe(false);
});

test("the end of the run drops its timers and its alarm", () => {
  const bench = new Bench();
  bench.p.start((() => bench.add(10, false)) as never, () => {});
  bench.add(20, false);
  bench.p.finish({ ok: true, value: undefined });
  expect(bench.p.timers.length).toBe(0);
  expect(bench.clock.alarm).toBeNull();
  bench.add(5, false);
  expect(bench.p.timers.length).toBe(0);
  expect(bench.clock.alarm).toBeNull();
});
