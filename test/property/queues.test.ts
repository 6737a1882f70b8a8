/** The runtime's queues against arrays: whatever is done to them, in whatever order. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Deque } from "../../src/runtime/deque.ts";
import type { G } from "../../src/runtime/g.ts";
import { PriorityQueue } from "../../src/runtime/priority.ts";
import { type Proxies, Waiter, WaitQueue } from "../../src/runtime/waiter.ts";

class Named extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly id: number;

  constructor(id: number) {
    super();
    this.id = id;
  }

  override complete(): void {}

  override fail(): void {}
}

const ids = (q: WaitQueue): number[] => [...q].map((w) => (w as Named).id);

function backwards(q: WaitQueue): number[] {
  const found: number[] = [];
  for (let w = q.last; w !== null; w = w.prev) found.push((w as Named).id);
  return found;
}

const waitStep = fc.record({
  op: fc.constantFrom("push", "push", "push", "push", "shift", "shift", "remove", "remove", "removeStranger"),
  at: fc.nat(1000),
});

test("WaitQueue is an array with removal anywhere", () => {
  fc.assert(
    fc.property(fc.array(waitStep, { maxLength: 60, size: "max" }), (steps) => {
      const q = new WaitQueue();
      const model: Named[] = [];
      const gone: Named[] = [];
      let made = 0;
      for (const step of steps) {
        if (step.op === "push") {
          // One that left may come back, as a goroutine does.
          const w = gone.length > 0 && made % 3 === 0 ? (gone.shift() as Named) : new Named(made);
          made++;
          q.push(w);
          model.push(w);
        } else if (step.op === "shift") {
          const w = q.shift();
          expect(w).toBe(model.shift() ?? null);
          if (w !== null) gone.push(w as Named);
        } else if (step.op === "remove") {
          const [w] = model.length === 0 ? [] : model.splice(step.at % model.length, 1);
          if (w === undefined) continue;
          q.remove(w);
          gone.push(w);
        } else {
          // Not here, or not here any more: nothing happens.
          q.remove(gone[step.at % (gone.length + 1)] ?? new Named(-1));
        }
        const expected = model.map((w) => w.id);
        expect(ids(q)).toStrictEqual(expected);
        expect(backwards(q)).toStrictEqual([...expected].reverse());
        expect(q.first === null).toBe(q.last === null);
      }
      for (const w of gone) expect([w.prev, w.next]).toStrictEqual([null, null]);
    }),
    { numRuns: 500 },
  );
});

const times = <T>(n: number, value: T): T[] => Array<T>(n).fill(value);

const runStep = fc.record({
  op: fc.constantFrom(
    ...times(90, "push" as const),
    ...times(6, "unshift" as const),
    ...times(15, "shift" as const),
    ...times(8, "take" as const),
    ...times(4, "at" as const),
    "clear" as const,
  ),
  at: fc.nat(1000),
});

test("Deque is an array, however it wraps and grows", () => {
  fc.assert(
    fc.property(fc.array(runStep, { maxLength: 400, size: "max" }), fc.nat(200), (steps, start) => {
      const q = new Deque<G>();
      const model: G[] = [];
      let made = 0;
      const next = (): G => ({ id: made++ }) as unknown as G;
      // Begin anywhere on the ring.
      for (let i = 0; i < start; i++) q.push(next());
      for (let i = 0; i < start; i++) q.shift();
      for (const step of steps) {
        if (step.op === "push") {
          const g = next();
          q.push(g);
          model.push(g);
        } else if (step.op === "unshift") {
          const g = next();
          q.unshift(g);
          model.unshift(g);
        } else if (step.op === "clear") {
          q.clear();
          model.length = 0;
        } else if (model.length > 0) {
          if (step.op === "shift") expect(q.shift()).toBe(model.shift());
          else {
            const at = step.at % model.length;
            if (step.op === "at") expect(q.at(at)).toBe(model[at]);
            else expect(q.take(at)).toBe(model.splice(at, 1)[0]);
          }
        }
        expect(q.length).toBe(model.length);
      }
      while (model.length > 0) expect(q.shift()).toBe(model.shift());
      expect(q.length).toBe(0);
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

test("Deque after a burst of a hundred thousand", () => {
  const q = new Deque<G>();
  const n = 100_000;
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < n; i++) q.push({ id: i } as unknown as G);
    for (let i = 0; i < n; i++) if (q.shift().id !== i) throw new Error(`out of order at ${i}`);
    expect(q.length).toBe(0);
  }
});

class Ranked extends Named {
  readonly priority: number;

  constructor(id: number, priority: number) {
    super(id);
    this.priority = priority;
  }
}

test("PriorityQueue is an array that is sorted, and stays in order within a priority", () => {
  const step = fc.record({
    op: fc.constantFrom("push", "push", "push", "shift", "shift", "remove", "first"),
    priority: fc.integer({ min: -3, max: 3 }),
    at: fc.nat(1000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const q = new PriorityQueue<Ranked>((w) => w.priority);
      const model: Ranked[] = [];
      let made = 0;
      const first = (): Ranked | null => {
        const most = Math.max(...model.map(({ priority }) => priority));
        return model.find(({ priority }) => priority === most) ?? null;
      };
      for (const { op, priority, at } of steps) {
        if (op === "push") {
          const w = new Ranked(made++, priority);
          q.push(w);
          model.push(w);
          expect(q.has(w)).toBe(true);
        } else if (op === "remove") {
          const [w] = model.length === 0 ? [] : model.splice(at % model.length, 1);
          if (w === undefined) continue;
          q.remove(w);
          expect(q.has(w)).toBe(false);
          q.remove(w); // it is not here: nothing
        } else {
          const w = op === "first" ? q.first : q.shift();
          expect(w).toBe(first());
          if (op === "shift" && w !== null) model.splice(model.indexOf(w), 1);
        }
      }
      while (model.length > 0) {
        const w = q.shift() as Ranked;
        expect(w).toBe(first());
        model.splice(model.indexOf(w), 1);
      }
      expect(q.shift()).toBe(null);
    }),
    { numRuns: 300, endOnFailure: true },
  );
});
