/**
 * No task is left lying while a thread sleeps, and none is run twice, in any interleaving: the queues of tasks and the
 * waking of idle threads, with the code itself; the small cases exhaustively.
 */
import { afterAll, describe, expect, test, vi } from "vitest";
import { type End, Interleave, type Limits } from "./interleave.ts";

const sim = new Interleave();
vi.stubGlobal("Atomics", sim.atomics);
afterAll(() => vi.unstubAllGlobals());
const { Isolate } = await import("../../src/threads/memory/isolate.ts");
const { memory } = await import("../../src/threads/memory/memory.ts");
const { ISOLATES, LAYOUT } = await import("../../src/threads/memory/layout.ts");
const { PARKED, recordOf } = await import("../../src/threads/memory/record.ts");
const { PARK } = await import("../../src/threads/memory/layout.ts");
const { anyTask, findTask, runqput } = await import("../../src/threads/sched/taskq.ts");
const { found, rest, wakep } = await import("../../src/threads/sched/wakep.ts");

const buffer = new SharedArrayBuffer(8);
new Int32Array(buffer)[LAYOUT] = 2;
memory.attach({ buffer, isolate: 0 });
memory.i32 = sim.i32;

function be(self: number): void {
  memory.self = self;
  memory.record = recordOf(self);
}

/** A thread that starts goroutines: it puts each task into its own queue and wakes somebody for it. */
const starter = (self: number, ...tasks: number[]): (() => void) => {
  return () => {
    be(self);
    for (const task of tasks) {
      runqput(task);
      wakep();
    }
  };
};

/** A thread that takes tasks and sleeps while there are none. It notes those that it took. */
const worker = (self: number, options: { readonly looksAgain?: boolean } = {}): (() => void) => {
  const { looksAgain = true } = options;
  return () => {
    be(self);
    const isolate = new Isolate();
    isolate.source = {
      take() {
        const task = findTask(() => 0);
        if (task === 0) return false;
        found();
        sim.note(task);
        return true;
      },
      takeIfNobodyElse() {},
      rest: () => rest(self, true),
      any: () => looksAgain && anyTask(),
    };
    isolate.idle();
  };
};

/** Each task was taken by one worker, and all workers sleep where the next task will wake them. */
function allTaken(workers: readonly number[], tasks: readonly number[]): (end: End) => void {
  return ({ notes, read }) => {
    expect(notes.flat().sort()).toEqual([...tasks].sort());
    for (const self of workers) expect(read(recordOf(self) + PARK)).toBe(PARKED);
  };
}

const threads = (n: number, preemptions?: number): Limits => ({
  memory: [[ISOLATES, n]],
  ...(preemptions !== undefined && { preemptions }),
});

describe("tasks of a thread that does not take any itself", () => {
  test("one is taken by a thread that goes to sleep", () => {
    const { ends, states } = sim.explore([starter(0, 9000), worker(1)], allTaken([1], [9000]), threads(2));
    expect(ends).toBeGreaterThan(0);
    expect(states).toBeGreaterThan(100);
  });

  test("two are taken by it, with up to two preemptions", () => {
    const { ends } = sim.explore([starter(0, 9000, 9100), worker(1)], allTaken([1], [9000, 9100]), threads(2, 2));
    expect(ends).toBeGreaterThan(0);
  });

  test("one is taken by one of two, with up to two preemptions", () => {
    const { ends } = sim.explore([starter(0, 9000), worker(1), worker(2)], allTaken([1, 2], [9000]), threads(3, 2));
    expect(ends).toBeGreaterThan(0);
  });
});

describe("tasks of a thread that takes them, too, once it has started all", () => {
  const both = (self: number, ...tasks: number[]): (() => void) => {
    const start = starter(self, ...tasks);
    return () => {
      start();
      for (let task = findTask(() => 0); task !== 0; task = findTask(() => 0)) {
        found();
        sim.note(task);
      }
    };
  };

  test.each([1, 2])("%i: each is taken once, whoever is faster", (n) => {
    const tasks = [9000, 9100].slice(0, n);
    const { ends } = sim.explore([both(0, ...tasks), worker(1)], allTaken([1], tasks), threads(2, 2));
    expect(ends).toBeGreaterThan(0);
  });
});

test("a thread that does not look again before it sleeps is found", () => {
  const careless = worker(1, { looksAgain: false });
  expect(() => sim.explore([starter(0, 9000), careless], allTaken([1], [9000]), threads(2))).toThrow();
});
