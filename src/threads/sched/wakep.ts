/**
 * Waking a thread for a task that nobody has started (Go's `wakep`).
 *
 * At most one thread at a time is on its way to look for work: whoever wakes one takes the token, which is given back by
 * the first thread that finds a task or finds none. That one then wakes the next if there is more to do. So a burst of `go`
 * pays for one wake-up, and the threads come one after the other.
 *
 * No task is left lying: whoever puts one into a queue does so before it looks at the token and at who is idle; whoever
 * goes idle says so and gives the token back before it looks at the queues for the last time.
 */

import { wake } from "../memory/isolate.ts";
import { IDLE, IDLE_BITS, ISOLATE_BITS, LEAVING, PARK, PROCS, THREADS, TOKEN } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { recordOf } from "../memory/record.ts";
import { anyTask } from "./taskq.ts";

export function procs(): number {
  return Atomics.load(memory.i32, PROCS);
}

/** How many threads there are besides the first one. */
export function threads(): number {
  return Atomics.load(memory.i32, THREADS);
}

export function setThreads(n: number): void {
  Atomics.store(memory.i32, THREADS, n);
}

export function setProcs(n: number): void {
  Atomics.store(memory.i32, PROCS, n);
}

/** Wakes an idle thread, unless one is being woken. Says whether there was any. */
export function wakep(): boolean {
  const { i32 } = memory;
  if (Atomics.load(i32, IDLE) === 0) return false;
  if (Atomics.compareExchange(i32, TOKEN, 0, 1) !== 0) return true;
  for (let word = 0; word < ISOLATE_BITS; word++) {
    for (;;) {
      const bits = Atomics.load(i32, IDLE_BITS + word);
      if (bits === 0) break;
      const bit = 31 - Math.clz32(bits & -bits);
      const isolate = word * 32 + bit;
      setIdle(isolate, false);
      if (wake(i32, recordOf(isolate) + PARK)) return true;
    }
  }
  Atomics.store(i32, TOKEN, 0);
  return false;
}

/** Whether any thread has nothing to do. */
export function anyIdle(): boolean {
  return Atomics.load(memory.i32, IDLE) > 0;
}

/** Says whether an isolate has nothing to do. */
export function setIdle(isolate: number, idle: boolean): void {
  const { i32 } = memory;
  const at = IDLE_BITS + (isolate >> 5);
  const bit = 1 << (isolate & 31);
  const before = idle ? Atomics.or(i32, at, bit) : Atomics.and(i32, at, ~bit);
  if (((before & bit) !== 0) === idle) return;
  if (idle) Atomics.add(i32, IDLE, 1);
  else Atomics.sub(i32, IDLE, 1);
}

/**
 * This thread has found a task: it is no more on its way, and if there is more to do the next one may come. Says whether
 * there is more to do and nobody to come.
 */
export function found(): boolean {
  const { i32 } = memory;
  if (Atomics.load(i32, TOKEN) !== 0) Atomics.store(i32, TOKEN, 0);
  if (Atomics.load(i32, IDLE) === 0) return Atomics.load(i32, THREADS) < Atomics.load(i32, PROCS) && anyTask();
  return anyTask() && !wakep();
}

/** That thread is about to be told to end. It takes no task that is put into a queue after this. */
export function leave(isolate: number): void {
  Atomics.store(memory.i32, recordOf(isolate) + LEAVING, 1);
}

/** Whether this thread was told to end, though it may not have read it yet. */
export function leaving(): boolean {
  return Atomics.load(memory.i32, memory.record + LEAVING) !== 0;
}

/** This thread goes idle, and can be woken for a task if it `takes` any. It looks at the queues once more after this. */
export function rest(isolate: number, takes: boolean): void {
  setIdle(isolate, takes);
  if (Atomics.load(memory.i32, TOKEN) !== 0) Atomics.store(memory.i32, TOKEN, 0);
}

/** A thread is gone, perhaps while it was on its way. */
export function gone(isolate: number): void {
  setIdle(isolate, false);
  Atomics.store(memory.i32, TOKEN, 0);
  if (anyTask()) wakep();
}
