/**
 * The queues of tasks that have not started (Go's `runqput`, `runqget`, `runqsteal`, `globrunqget` of `proc.go`).
 *
 * Each isolate has a ring of 256: it alone puts tasks in, at the tail; it and thieves take them out, at the head, with a
 * compare-and-swap. Head and tail only grow, so a head that is the same means that nothing was taken. What a full ring
 * cannot hold goes, half of it at a time, to the end of the one queue for all: a list of batches under a lock, each of them a
 * chain of tasks. Batches stay whole, so whoever holds the lock touches one task, however many go over: with one list of
 * tasks, half the time of many small goroutines went into waiting for that lock.
 *
 * A ring is filled from the queue for all, or from another ring, only when it is empty: a batch into a ring that holds
 * something could overwrite it.
 *
 * The lock says who holds it, and the list is in order after each of its writes if it is read from its head; so if its
 * holder dies, `relock` makes it whole. Only the first thread learns of that, in its event loop, so nobody waits for the lock for
 * long: who can't have it finds the queue empty, and keeps the tasks that it wanted to put in until it can (`kept`).
 */
import { monotonic, startTimer } from "../../runtime/host.ts";
import { corrupt, mostBlocks } from "../memory/corrupt.ts";
import {
  QUEUE_FIRST as FIRST,
  KIND,
  QUEUE_LAST as LAST,
  LINK,
  QUEUE_LOCK as LOCK,
  RING,
  RUNQ,
  RUNQ_HEAD,
  RUNQ_TAIL,
  QUEUE_SIZE as SIZE,
  TICK,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { recordOf } from "../memory/record.ts";
import { letGo, reach, reaching } from "./hand.ts";
import { DISCARDED, RUNNER } from "./task.ts";

/** The word of the first task of a batch that leads to the next batch; a task in a queue is no message yet. */
const NEXT: number = KIND;

const MASK = RING - 1;
const HALF = RING / 2;

/** Puts a task at the end of this isolate's ring. */
export function runqput(task: number): void {
  const { i32, record } = memory;
  for (;;) {
    const head = Atomics.load(i32, record + RUNQ_HEAD);
    const tail = i32[record + RUNQ_TAIL] as number;
    if (((tail - head) | 0) < RING) {
      i32[record + RUNQ + (tail & MASK)] = task;
      Atomics.store(i32, record + RUNQ_TAIL, (tail + 1) | 0);
      return;
    }
    if (overflow(task, head)) return;
  }
}

/** Moves half a ring, and `task`, to the queue for all; only `task` while nobody may take anything out of the ring. */
function overflow(task: number, head: number): boolean {
  const { i32 } = memory;
  if (!lock(i32)) {
    kept.push(task);
    return true;
  }
  const before = reaching();
  let moved = true;
  if (before || reach()) {
    moved = moveHalf(task, head);
    if (!before) letGo();
  } else {
    i32[task + LINK] = 0;
    append(i32, task);
  }
  unlock(i32);
  return moved;
}

/** The tasks of this thread that it could not put into the queue for all yet. */
const kept: number[] = [];

/** This thread could not have the lock a moment ago. Until it tries again, the queue for all counts as empty. */
let barred = false;

function bar(): void {
  if (barred) return;
  barred = true;
  startTimer(() => {
    barred = false;
    for (const task of kept.splice(0)) runqput(task);
    if (!barred) unbarred.fn();
  }, AGAIN);
}

/** Called when the queue for all may be looked at again: there may be tasks, and nobody is idle. */
export const unbarred: { fn: () => void } = { fn: () => {} };

/** Under the lock: moves half a ring and `task`. */
function moveHalf(task: number, head: number): boolean {
  const { i32, record } = memory;
  const first = i32[record + RUNQ + (head & MASK)] as number;
  let last = first;
  for (let i = 1; i < HALF; i++) {
    const next = i32[record + RUNQ + ((head + i) & MASK)] as number;
    // Nobody looks at the link of a task in a ring, so this does no harm if it was stolen meanwhile; but it is not ours then.
    batch[i] = next;
    last = next;
  }
  batch[0] = first;
  if (Atomics.compareExchange(i32, record + RUNQ_HEAD, head, (head + HALF) | 0) !== head) return false;
  for (let i = 0; i < HALF - 1; i++) i32[(batch[i] as number) + LINK] = batch[i + 1] as number;
  i32[last + LINK] = task;
  i32[task + LINK] = 0;
  append(i32, first);
  return true;
}

const batch = new Int32Array(HALF);

/** Under the lock: appends a batch to the queue for all. */
function append(i32: Int32Array, first: number): void {
  i32[first + NEXT] = 0;
  const before = i32[LAST] as number;
  if (before === 0) i32[FIRST] = first;
  else i32[before + NEXT] = first;
  i32[LAST] = first;
  Atomics.add(i32, SIZE, 1);
}

/** The next task of this isolate's own ring; 0 for none. */
function runqget(): number {
  const { i32, record } = memory;
  for (;;) {
    const head = Atomics.load(i32, record + RUNQ_HEAD);
    const length = ((i32[record + RUNQ_TAIL] as number) - head) | 0;
    if (length === 0) return 0;
    if (length < 0 || length > RING) corrupt("a thread's queue of tasks");
    const task = i32[record + RUNQ + (head & MASK)] as number;
    if (Atomics.compareExchange(i32, record + RUNQ_HEAD, head, (head + 1) | 0) === head) return task;
  }
}

/** The first of the queue for all; the others of its batch go into this isolate's ring, which is empty. */
function globrunqget(): number {
  const { i32, record } = memory;
  if (Atomics.load(i32, SIZE) === 0 || !lock(i32)) return 0;
  const first = firstBatch(i32);
  if (first !== 0) drop(i32, i32[first + NEXT] as number);
  unlock(i32);
  if (first === 0) return 0;
  const before = i32[record + RUNQ_TAIL] as number;
  let tail = before;
  for (let next = i32[first + LINK] as number; next !== 0; next = i32[next + LINK] as number) {
    if (((tail - before) | 0) === RING) corrupt("a batch of tasks");
    i32[record + RUNQ + (tail & MASK)] = next;
    tail = (tail + 1) | 0;
  }
  if (tail !== before) Atomics.store(i32, record + RUNQ_TAIL, tail);
  return first;
}

/** The first of the queue for all, alone: the others stay there. */
function globrunqgetOne(): number {
  const { i32 } = memory;
  if (Atomics.load(i32, SIZE) === 0 || !lock(i32)) return 0;
  const first = firstBatch(i32);
  if (first !== 0) {
    const rest = i32[first + LINK] as number;
    const next = i32[first + NEXT] as number;
    if (rest === 0) drop(i32, next);
    else {
      i32[rest + NEXT] = next;
      if (next === 0) i32[LAST] = rest;
      i32[FIRST] = rest;
    }
  }
  unlock(i32);
  return first;
}

/** Under the lock: the first batch; 0 for none. */
function firstBatch(i32: Int32Array): number {
  const first = i32[FIRST] as number;
  if (first !== 0 || Atomics.load(i32, SIZE) === 0) return first;
  unlock(i32);
  corrupt("the length of the queue of tasks for all");
}

/** Takes the first batch out of the queue for all; `next` comes after it. */
function drop(i32: Int32Array, next: number): void {
  if (next === 0) i32[LAST] = 0;
  i32[FIRST] = next;
  Atomics.sub(i32, SIZE, 1);
}

/** Takes half of what is in the ring of `victim`: gives one, the others go into this isolate's ring, which is empty. */
function steal(victim: number): number {
  const { i32, record } = memory;
  const theirs = recordOf(victim);
  for (let tries = 0; ; tries++) {
    const head = Atomics.load(i32, theirs + RUNQ_HEAD);
    const tail = Atomics.load(i32, theirs + RUNQ_TAIL);
    const length = (tail - head) | 0;
    if (length === 0) return 0;
    if (length < 0 || tries === MOST_TRIES) corrupt("a thread's queue of tasks");
    if (length > RING) continue; // head and tail are of different moments
    const n = length - (length >> 1);
    const mine = i32[record + RUNQ_TAIL] as number;
    const first = i32[theirs + RUNQ + (head & MASK)] as number;
    for (let i = 1; i < n; i++) {
      i32[record + RUNQ + ((mine + i - 1) & MASK)] = i32[theirs + RUNQ + ((head + i) & MASK)] as number;
    }
    if (Atomics.compareExchange(i32, theirs + RUNQ_HEAD, head, (head + n) | 0) !== head) continue;
    if (n > 1) Atomics.store(i32, record + RUNQ_TAIL, (mine + n - 1) | 0);
    return first;
  }
}

/**
 * A task to start on this thread, from wherever there is one, marked as this thread's; 0 for none. `below` is the run's
 * randomness. One that `refused` is true for when it has been taken goes back.
 */
export function takeTask(below: (n: number) => number, refused: () => boolean): number {
  if (!reach()) return 0;
  let task = findTask(below);
  if (task !== 0) {
    if (refused()) {
      runqput(task);
      task = 0;
    } else mark(task);
  }
  letGo();
  return task;
}

/** Says that this thread begins a task, unless it was abandoned. */
function mark(task: number): void {
  const { i32, key } = memory;
  if (Atomics.compareExchange(i32, task + RUNNER, 0, key) !== 0) Atomics.store(i32, task + RUNNER, DISCARDED);
}

/** The same, not marked. */
export function findTask(below: (n: number) => number): number {
  const { i32, record } = memory;
  const tick = ((i32[record + TICK] as number) + 1) % 61;
  i32[record + TICK] = tick;
  // Now and then the queue for all comes first, or two threads that start goroutines for each other keep it waiting.
  const own = tick === 0 ? globrunqgetOne() || runqget() : runqget() || globrunqget();
  if (own !== 0) return own;
  const { isolates } = memory;
  const from = below(isolates);
  for (let i = 0; i < isolates; i++) {
    const victim = (from + i) % isolates;
    if (victim === memory.self) continue;
    const task = steal(victim);
    if (task !== 0) return task;
  }
  return 0;
}

/** Whether there is a task anywhere. */
export function anyTask(): boolean {
  const { i32 } = memory;
  if (!barred && Atomics.load(i32, SIZE) !== 0) return true;
  const { isolates } = memory;
  for (let i = 0; i < isolates; i++) {
    const record = recordOf(i);
    if (Atomics.load(i32, record + RUNQ_HEAD) !== Atomics.load(i32, record + RUNQ_TAIL)) return true;
  }
  return false;
}

/** All tasks that wait, while nobody takes any; null if the queue for all can't be looked at now. */
export function waitingTasks(): Set<number> | null {
  const { i32 } = memory;
  if (!lock(i32)) return null;
  const tasks = new Set<number>(kept);
  const { isolates } = memory;
  for (let i = 0; i < isolates; i++) {
    const record = recordOf(i);
    const tail = Atomics.load(i32, record + RUNQ_TAIL);
    for (let at = Atomics.load(i32, record + RUNQ_HEAD); at !== tail; at = (at + 1) | 0) {
      if ((tail - at) >>> 0 > RING) break;
      tasks.add(i32[record + RUNQ + (at & MASK)] as number);
    }
  }
  let left = mostBlocks(i32);
  for (let first = i32[FIRST] as number; first !== 0 && left > 0; first = i32[first + NEXT] as number) {
    for (let task = first; task !== 0 && left > 0; task = i32[task + LINK] as number, left--) tasks.add(task);
  }
  unlock(i32);
  if (left === 0) corrupt("the queue of tasks for all");
  return tasks;
}

/** About how many tasks wait. */
export function queued(): number {
  const { i32 } = memory;
  let n = Atomics.load(i32, SIZE) * HALF;
  const { isolates } = memory;
  for (let i = 0; i < isolates; i++) {
    const record = recordOf(i);
    n += (Atomics.load(i32, record + RUNQ_TAIL) - Atomics.load(i32, record + RUNQ_HEAD)) | 0;
  }
  return n;
}

/** Milliseconds after which a lock that is held for some instructions can't be had, and until it is tried again. */
const LONG = 20;
const AGAIN = 10;

/** How often another thread can be in the middle of taking tasks out of its queue, one time after the other. */
const MOST_TRIES = 100_000;

/** How often to look before giving the processor away. */
const SPIN = 100;

/** Takes the lock of the queue for all; false if it can't be had for long, perhaps because its holder is dead. */
function lock(i32: Int32Array): boolean {
  if (barred) return false;
  const me = memory.self + 1;
  let until = 0;
  for (let tries = 1; Atomics.compareExchange(i32, LOCK, 0, me) !== 0; tries++) {
    if (tries % SPIN !== 0) continue;
    const holder = Atomics.load(i32, LOCK);
    if (holder === 0) continue;
    if (holder < 0 || holder > memory.isolates || holder === me) corrupt("the lock of the queue of tasks for all");
    if (until === 0) until = monotonic() + LONG;
    else if (monotonic() > until) {
      bar();
      return false;
    }
    try {
      Atomics.wait(i32, LOCK, holder, 1);
    } catch {
      // The first thread of a browser may not wait; whoever holds the lock gets on.
    }
  }
  return true;
}

function unlock(i32: Int32Array): void {
  Atomics.store(i32, LOCK, 0);
}

/** The thread that was this isolate is dead: gives back the lock that it may have held. */
export function relock(isolate: number): void {
  const { i32 } = memory;
  if (Atomics.load(i32, LOCK) !== isolate + 1) return;
  let last = 0;
  let size = 0;
  for (let at = i32[FIRST] as number; at !== 0; at = i32[at + NEXT] as number) {
    if (size === mostBlocks(i32)) corrupt("the queue of tasks for all");
    last = at;
    size++;
  }
  i32[LAST] = last;
  Atomics.store(i32, SIZE, size);
  unlock(i32);
}
