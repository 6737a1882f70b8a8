/** What a thread has in its hand when it dies is put back by those who have made it, and nothing else is. */
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { m } from "../../src/runtime/m.ts";
import { isolate } from "../../src/threads/memory/isolate.ts";
import { KIND } from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { keyOf, recordOf } from "../../src/threads/memory/record.ts";
import { Away, children } from "../../src/threads/sched/away.ts";
import { close, handOf, letGo, reach, reaching, reopen } from "../../src/threads/sched/hand.ts";
import { putBack } from "../../src/threads/sched/lost.ts";
import { source } from "../../src/threads/sched/source.ts";
import { CHILD, KIND_BACK, newTask, OWNER, putResult, RUNNER } from "../../src/threads/sched/task.ts";
import { anyTask, findTask, runqput, takeTask, waitingTasks } from "../../src/threads/sched/taskq.ts";

let other: number;
beforeAll(() => {
  isolate.open();
  other = memory.newIsolate();
});

const all: number[] = [];
afterEach(() => {
  while (findTask(() => 0) !== 0);
  for (const task of all.splice(0)) {
    children.take(memory.i32[task + CHILD] as number);
    memory.free(task);
  }
});

/** A task that this thread has made. */
function made(): number {
  const task = newTask([]);
  memory.i32[task + CHILD] = children.next();
  children.add(new Away(m.fallback, all.length + 1, "", task, null));
  all.push(task);
  return task;
}

/** All that wait, in their order. */
function* queue(): Generator<number> {
  for (let task = findTask(() => 0); task !== 0; task = findTask(() => 0)) yield task;
}

/** What `act` gives while another thread has something in its hand. */
function whileOtherHolds<T>(act: () => T): T {
  const { self, record } = memory;
  [memory.self, memory.record] = [other, recordOf(other)];
  expect(reach()).toBe(true);
  [memory.self, memory.record] = [self, record];
  return act();
}

test("one that waits or has begun is left alone", () => {
  const [begun, waits, lost] = [made(), made(), made()];
  memory.i32[begun + RUNNER] = keyOf(other, 1);
  runqput(waits);
  putBack(() => {});
  expect([...queue()]).toEqual([waits, lost]);
});

test("those in a queue of batches wait, too", () => {
  const tasks = Array.from({ length: 600 }, made);
  for (const task of tasks) runqput(task);
  expect([...(waitingTasks() ?? [])].sort((a, b) => a - b)).toEqual(tasks.toSorted((a, b) => a - b));
  putBack(() => {});
  expect([...queue()].sort((a, b) => a - b)).toEqual(tasks.toSorted((a, b) => a - b));
});

test("what a live thread has in its hand is not lost, and is looked for later", async () => {
  const task = made();
  whileOtherHolds(() => putBack(() => {}));
  expect(anyTask()).toBe(false);
  expect(reach()).toBe(true); // nobody is kept from taking meanwhile
  letGo();
  expect(handOf(other)).toBe(true);
  expect(handOf(other)).toBe(false);
  await expect.poll(anyTask).toBe(true);
  expect([...queue()]).toEqual([task]);
});

test("while they are closed nothing leaves a queue, and what is put in is not lost", () => {
  const tasks = Array.from({ length: 300 }, made);
  expect(close()).toBe(true);
  expect(close()).toBe(false);
  for (const task of tasks) runqput(task);
  expect([
    source.take(),
    source.any(),
    takeTask(
      () => 0,
      () => false,
    ),
  ]).toEqual([false, false, 0]);
  expect(waitingTasks()).toEqual(new Set(tasks));
  reopen();
  expect(source.any()).toBe(true);
  expect([...queue()].sort((a, b) => a - b)).toEqual(tasks.toSorted((a, b) => a - b));
});

test("one that dies while it has closed them keeps nobody out", () => {
  const { self } = memory;
  memory.self = other;
  expect(close()).toBe(true);
  memory.self = self;
  expect(handOf(other)).toBe(false);
  expect(reach()).toBe(true);
  letGo();
});

test("a task that is taken is marked before it is let go, one that is refused goes back", () => {
  const task = made();
  runqput(task);
  expect(
    takeTask(
      () => 0,
      () => reaching(),
    ),
  ).toBe(0);
  expect(memory.i32[task + RUNNER]).toBe(0);
  expect(
    takeTask(
      () => 0,
      () => !reaching(),
    ),
  ).toBe(task);
  expect([memory.i32[task + RUNNER], reaching()]).toEqual([memory.key, false]);
});

test("a result of what an isolate with the same number had started before is nobody's, and is freed", () => {
  const mine = made();
  let used = 0;
  for (let i = 0; i < 2000; i++) {
    const theirs = newTask([]);
    memory.i32[theirs + OWNER] = keyOf(memory.self, -1);
    memory.i32[theirs + CHILD] = memory.i32[mine + CHILD] as number;
    putResult(theirs, "a".repeat(1000));
    memory.i32[theirs + KIND] = KIND_BACK;
    isolate.post(memory.self, theirs);
    isolate.hear();
    if (i === 100) used = memory.used;
  }
  expect([...children].map(({ task }) => task)).toEqual([mine]);
  expect(memory.used).toBe(used);
});

test("who wanted to take what was there meanwhile is woken, or a thread is started", () => {
  const more = vi.fn();
  putBack(more);
  expect(more).not.toHaveBeenCalled();
  runqput(made());
  putBack(more);
  expect(more).toHaveBeenCalledOnce();
});
