/**
 * Words of the shared memory that were overwritten are an error where they are read: never an endless loop, and never a wait
 * without end. Here list by list; on threads, with any word, in test/fuzz/overwritten.test.ts.
 */
import type { Panic } from "millrace";
import { sharedChan } from "millrace/threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isolate } from "../../src/threads/memory/isolate.ts";
import {
  ALL_SUDOGS,
  CLOSED_BY,
  HELD,
  HELD_BEFORE,
  INBOX,
  ISOLATES,
  LINK,
  LOCK,
  QUEUE_FIRST,
  QUEUE_LOCK,
  QUEUE_SIZE,
  RECVQ,
  RFREE,
  ROOMY,
  RUNQ_HEAD,
  RUNQ_TAIL,
  SENDQ,
  SPAN_NEXT,
  STATUS,
  SUDOG_NEXT,
  WANTED,
} from "../../src/threads/memory/layout.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { LOST } from "../../src/threads/memory/object.ts";
import { recordOf } from "../../src/threads/memory/record.ts";
import { reach } from "../../src/threads/sched/hand.ts";
import { findTask, relock, waitingTasks } from "../../src/threads/sched/taskq.ts";
import { lock, lockAll, lockedBy, unlock } from "../../src/threads/shared/lock.ts";
import { allSudogs, newSudog } from "../../src/threads/shared/sudog.ts";
import "../../src/threads/sched/recover.ts";

memory.reserve(2 ** 21);
const ch = sharedChan<number>(1) as unknown as ReturnType<typeof sharedChan<number>> & { readonly ptr: number };
const [a, b] = [memory.alloc(56), memory.alloc(56)];
const OTHER = memory.newIsolate();
const theirs = recordOf(OTHER);

/** What was in memory before. */
let before: Int32Array;
beforeEach(() => {
  before = memory.i32.slice();
});
afterEach(() => memory.i32.set(before));

/** Two blocks that lead to each other. */
function circle(link: number = LINK): number {
  memory.i32[a + link] = b;
  memory.i32[b + link] = a;
  return a;
}

function set(at: number, value: number): void {
  memory.i32[at] = value;
}

function expectCorrupt(what: string, act: () => unknown): void {
  let error: unknown;
  try {
    act();
  } catch (thrown) {
    error = thrown;
  }
  expect(String(error)).toBe(`Panic: shared memory was overwritten (${what})`);
  expect((error as Panic).code).toBe("SHARED_CORRUPT");
}

const { record } = memory;
const noChance = (): number => 0;

describe("a list that leads back to itself:", () => {
  test("an inbox", () => {
    isolate.on(77, () => {});
    set(record + INBOX, circle());
    expectCorrupt("the inbox of a thread", () => isolate.hear());
  });

  test("blocks that others have freed", () => {
    set(record + RFREE, circle());
    set(a, (memory.i32[a] as number) & ~1);
    expectCorrupt("a list of blocks", () => memory.reclaim(memory.self));
  });

  test("spans", () => {
    const list = record + ROOMY + 2;
    const span = memory.i32[list] as number;
    set(span + SPAN_NEXT, span);
    expectCorrupt("a list of spans", () => memory.tidy());
  });

  test("all waiters of a thread", () => {
    set(record + ALL_SUDOGS, circle(SUDOG_NEXT));
    expectCorrupt("the waiters of a thread", () => [...allSudogs(record)].length);
  });

  test("the locks of a thread", () => {
    set(theirs + HELD, circle(HELD_BEFORE));
    expectCorrupt("the locks of a thread", () => lockedBy(theirs));
  });

  test("the queue of tasks for all", () => {
    set(QUEUE_FIRST, circle());
    set(a + 2, a);
    expectCorrupt("the queue of tasks for all", () => waitingTasks());
    expectCorrupt("the queue of tasks for all", () => {
      set(QUEUE_LOCK, OTHER + 1);
      relock(OTHER);
    });
    set(QUEUE_LOCK, 0);
    set(QUEUE_SIZE, 1);
    expectCorrupt("a batch of tasks", () => findTask(noChance));
  });
});

describe("a queue whose members do not wait on it", () => {
  for (const [name, queue, act] of [
    ["receivers", RECVQ, () => ch.trySend(1)],
    ["senders", SENDQ, () => ch.tryRecv()],
    ["on a close", RECVQ, () => ch.close()],
  ] as const) {
    test(`loses the channel, and leaves no lock: ${name}`, () => {
      const s = newSudog(ch.ptr, queue);
      set(ch.ptr + queue, s);
      expectCorrupt("a queue of waiters", act);
      expect([memory.i32[ch.ptr + LOCK], memory.i32[ch.ptr + STATUS]]).toEqual([0, LOST]);
      expect(act).toThrow("lost with the thread that was using it (shared channel)");
    });
  }

  test("loses all that were locked with it", () => {
    set(record + HELD, a);
    set(a + HELD_BEFORE, 0);
    lock(a);
    unlock(a);
    set(a + LOCK, memory.key);
    set(ch.ptr + RECVQ, newSudog(ch.ptr, RECVQ));
    expectCorrupt("a queue of waiters", () => ch.trySend(1));
    expect([memory.i32[a + LOCK], memory.i32[a + STATUS], memory.i32[record + HELD]]).toEqual([0, LOST, 0]);
  });
});

describe("a count that cannot be:", () => {
  test("threads", () => {
    for (const n of [-1, 257]) {
      set(ISOLATES, n);
      expectCorrupt("the number of threads", () => [...memory.others()]);
    }
  });

  test("tasks of this thread, or another one", () => {
    for (const n of [-1, 257, 2 ** 30]) {
      set(record + RUNQ_TAIL, ((memory.i32[record + RUNQ_HEAD] as number) + n) | 0);
      expectCorrupt("a thread's queue of tasks", () => findTask(noChance));
    }
    set(record + RUNQ_TAIL, memory.i32[record + RUNQ_HEAD] as number);
    for (const n of [-1, 2 ** 30]) {
      set(theirs + RUNQ_TAIL, n);
      expectCorrupt("a thread's queue of tasks", () => findTask(noChance));
    }
  });

  test("batches in the queue for all", () => {
    set(QUEUE_SIZE, 3);
    expectCorrupt("the length of the queue of tasks for all", () => findTask(noChance));
    expect(memory.i32[QUEUE_LOCK]).toBe(0);
  });
});

describe("a lock that no thread can give back:", () => {
  test("of an object, with this thread's own key", () => {
    set(ch.ptr + LOCK, memory.key);
    expectCorrupt("the lock of a shared object, which this thread has not taken", () => ch.close());
  });

  test("of an object, with that of no thread: it is taken over", () => {
    set(ch.ptr + LOCK, 123_456);
    ch.close();
    expect(memory.i32[ch.ptr + LOCK]).toBe(0);
  });

  test("of the queue for all", () => {
    set(QUEUE_SIZE, 1);
    for (const word of [-5, 300, memory.self + 1]) {
      set(QUEUE_LOCK, word);
      expectCorrupt("the lock of the queue of tasks for all", () => findTask(noChance));
    }
  });

  test("of all queues", () => {
    for (const word of [-5, 300, memory.self + 1]) {
      set(CLOSED_BY, word);
      expectCorrupt("the word that closes the queues", () => reach());
    }
  });
});

test("a thread that waits for the second of several locks in vain gives back the first", () => {
  const other = sharedChan<number>(1) as unknown as { readonly ptr: number };
  const [first, second] = [ch.ptr, other.ptr].sort((x, y) => x - y) as [number, number];
  set(second + LOCK, memory.key);
  expectCorrupt("the lock of a shared object, which this thread has not taken", () => lockAll([first, second]));
  expect([memory.i32[first + LOCK], memory.i32[record + HELD], memory.i32[record + WANTED]]).toEqual([0, 0, second]);
});
