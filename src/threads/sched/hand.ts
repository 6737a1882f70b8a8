/**
 * Whether a thread has tasks in its hand: out of a queue, and neither in another one nor marked as begun. Nobody else knows
 * where such a task is, so if the thread dies then, those who have made tasks must look for theirs (`lost.ts`).
 *
 * For that they close the queues: nobody takes anything out, and nobody has anything in its hand. A thread writes that it
 * reaches for something and then reads whether the queues are closed; who closes them writes that and then reads who has
 * something in its hand; all of these are sequentially consistent, so one of the two sees the other.
 */
import { corrupt } from "../memory/corrupt.ts";
import { CLOSED_BY as CLOSED, HAND } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { recordOf } from "../memory/record.ts";

/** How often to look whether another thread has nothing in its hand any more. */
const LOOKS = 10_000;

/** This thread has closed the queues, or is about to: that the word says so is not damage. */
let closing = false;

/** This thread is about to take tasks out of a queue: whether it may. If so it says later that it has let go. */
export function reach(): boolean {
  const { i32, record } = memory;
  Atomics.store(i32, record + HAND, 1);
  const closer = Atomics.load(i32, CLOSED);
  if (closer === 0) return true;
  const isThread = closer > 0 && closer <= memory.isolates;
  if (!isThread || (closer === memory.self + 1 && !closing)) corrupt("the word that closes the queues");
  Atomics.store(i32, record + HAND, 0);
  return false;
}

/** Each task that it took is in a queue or marked. */
export function letGo(): void {
  Atomics.store(memory.i32, memory.record + HAND, 0);
}

/** Whether this thread has reached for something. */
export function reaching(): boolean {
  return memory.i32[memory.record + HAND] !== 0;
}

/** Whether tasks can be taken. */
export function open(): boolean {
  return Atomics.load(memory.i32, CLOSED) === 0;
}

/**
 * Closes the queues. It fails if another thread has closed them, or one has something in its hand for long, perhaps because
 * it has died with it; then it is worth trying again.
 */
export function close(): boolean {
  const { i32, self } = memory;
  if (Atomics.compareExchange(i32, CLOSED, 0, self + 1) !== 0) return false;
  closing = true;
  const { isolates } = memory;
  let looks = LOOKS;
  for (let i = 0; i < isolates; i++) {
    while (Atomics.load(i32, recordOf(i) + HAND) !== 0) {
      if (--looks > 0) continue;
      reopen();
      return false;
    }
  }
  return true;
}

/** Whether this thread has closed them. */
export function closedHere(): boolean {
  return Atomics.load(memory.i32, CLOSED) === memory.self + 1;
}

export function reopen(): void {
  closing = false;
  Atomics.store(memory.i32, CLOSED, 0);
}

/** The thread that was this isolate is dead: opens what it had closed. Says whether it had something in its hand. */
export function handOf(isolate: number): boolean {
  const { i32 } = memory;
  Atomics.compareExchange(i32, CLOSED, isolate + 1, 0);
  return Atomics.exchange(i32, recordOf(isolate) + HAND, 0) !== 0;
}
