/** A thread that is told to end, because the run that needed it is over, takes along no task of the next run. */

import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { m } from "../../src/runtime/m.ts";
import { isolate } from "../../src/threads/memory/isolate.ts";
import { RUNQ, RUNQ_TAIL } from "../../src/threads/memory/layout.ts";
import { Memory, memory } from "../../src/threads/memory/memory.ts";
import { recordOf } from "../../src/threads/memory/record.ts";
import { source } from "../../src/threads/sched/source.ts";
import { anyTask, findTask, queued } from "../../src/threads/sched/taskq.ts";
import { leave } from "../../src/threads/sched/wakep.ts";

/** No block: whoever begins it fails. */
const TASK = 9000;
let other: number;
beforeAll(() => {
  isolate.open();
  memory.newIsolate(); // the number that those have here who may take tasks: who steals passes its own number over
  other = memory.newIsolate();
});
afterEach(() => vi.restoreAllMocks());

/** What this thread does as one that may take tasks, while another puts one into its queue. */
function taken(before: () => void, during: () => void): boolean {
  const record = recordOf(other);
  const tail = memory.i32[record + RUNQ_TAIL] as number;
  memory.i32[record + RUNQ + (tail & 255)] = TASK;
  Atomics.store(memory.i32, record + RUNQ_TAIL, tail + 1);
  before();
  vi.spyOn(m.fallback, "below").mockImplementation(() => {
    during();
    return 0;
  });
  return source.take();
}

test.each([
  ["before it looks", true],
  ["while it looks", false],
])("told %s", (_when, first) => {
  const self = memory.newIsolate();
  const [was, record] = [memory.self, memory.record];
  const me = new Memory();
  me.attach(memory.share(self));
  memory.self = 1;
  memory.record = recordOf(self);
  try {
    const told = (): void => leave(self);
    expect(taken(first ? told : () => {}, first ? () => {} : told)).toBe(false);
    expect(source.any()).toBe(false);
    expect([anyTask(), queued()]).toEqual([true, 1]);
    // It has had the task in its hand, and put it back into a queue of its own, from where others take it.
    expect(memory.i32[recordOf(self) + RUNQ_TAIL]).toBe(first ? 0 : 1);
  } finally {
    [memory.self, memory.record] = [was, record];
  }
  expect(findTask(() => 0)).toBe(TASK);
  expect(memory.newIsolate()).toBeGreaterThan(self);
});
