/**
 * Who waits for a shared object (Go's `sudog` and `waitq`), in shared memory.
 *
 * A sudog belongs to the isolate of its goroutine, which alone makes and frees it. Between the two it is on an object's
 * queue (`QUEUED`), then, when a partner has taken it off, on the partner's list `SERVING`, then in its owner's inbox:
 * always in one place, linked through the same word. What it gives or is given is in its cell.
 *
 * Those of one select have a word in common, `DONE` of the first of them, the leader. Whoever wants to serve one of them
 * must set it first; only one ever can, so a select is served once, by whatever thread comes first, its own included.
 *
 * All of this happens under the lock of the object, and is short: see lock.ts.
 */

import { corrupt, mostBlocks } from "../memory/corrupt.ts";
import { KIND_WAITER, wake } from "../memory/isolate.ts";
import {
  ALL_SUDOGS,
  SUDOG_CELL as CELL,
  SUDOG_DONE as DONE,
  SUDOG_GROUP as GROUP,
  HEAD,
  INBOX,
  KIND,
  LINK,
  SUDOG_NEXT as NEXT,
  SUDOG_OBJECT as OBJECT,
  SUDOG_OWNER as OWNER,
  PARK,
  SUDOG_PREV as PREV,
  SUDOG_QUEUE as QUEUE,
  SERVING,
  SERVING_LAST,
  SUDOG_STATE as STATE,
  STATUS,
  SUDOG_WORDS,
  SUDOGS,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { LOST } from "../memory/object.ts";
import { recordOf } from "../memory/record.ts";
import { loseHeld } from "./lock.ts";

export {
  SUDOG_CELL as CELL,
  SUDOG_DONE as DONE,
  SUDOG_GROUP as GROUP,
  SUDOG_LOCAL as LOCAL,
  SUDOG_OBJECT as OBJECT,
  SUDOG_OWNER as OWNER,
  SUDOG_QUEUE as QUEUE,
  SUDOG_STATE as STATE,
} from "../memory/layout.ts";

/** What its `STATE` says. */
export const IDLE = 0;
export const QUEUED = 1;
/** Taken off its queue by somebody who could not serve it, because its select is done. */
export const DROPPED = 2;
/** Served: with a value, or because its object was closed; or it will never be, because the object was lost. */
export const SERVED = 3;
export const ENDED = 4;
export const FAILED = 5;

/** A sudog for `object`, not queued yet. */
export function newSudog(object: number, queue: number): number {
  const { i32, record } = memory;
  let s = i32[record + SUDOGS] as number;
  if (s !== 0) i32[record + SUDOGS] = i32[s + LINK] as number;
  else {
    s = memory.alloc((SUDOG_WORDS - HEAD) * 4);
    i32[s + KIND] = KIND_WAITER;
    i32[s + OWNER] = memory.self;
    i32[s + NEXT] = i32[record + ALL_SUDOGS] as number;
    i32[record + ALL_SUDOGS] = s;
  }
  i32[s + OBJECT] = object;
  i32[s + QUEUE] = queue;
  i32[s + GROUP] = 0;
  i32[s + STATE] = IDLE;
  i32[s + CELL] = 0;
  return s;
}

export function freeSudog(s: number): void {
  const { i32 } = memory;
  const record = recordOf(i32[s + OWNER] as number);
  i32[s + STATE] = IDLE;
  i32[s + OBJECT] = 0;
  i32[s + LINK] = i32[record + SUDOGS] as number;
  i32[record + SUDOGS] = s;
}

/** All sudogs of the isolate with that record. */
export function* allSudogs(record: number): Iterable<number> {
  const { i32 } = memory;
  let left = mostBlocks(i32);
  for (let s = i32[record + ALL_SUDOGS] as number; s !== 0; s = i32[s + NEXT] as number) {
    if (--left < 0) corrupt("the waiters of a thread");
    yield s;
  }
}

/** Puts it at the end of its queue. */
export function enqueue(s: number): void {
  const { i32 } = memory;
  const queue = (i32[s + OBJECT] as number) + (i32[s + QUEUE] as number);
  const last = i32[queue + 1] as number;
  i32[s + PREV] = last;
  i32[s + LINK] = 0;
  i32[s + STATE] = QUEUED;
  if (last === 0) i32[queue] = s;
  else i32[last + LINK] = s;
  i32[queue + 1] = s;
}

/** Takes the first that can still be served off the queue at that word; 0 without one. */
export function dequeue(queue: number): number {
  for (;;) {
    const s = dequeueFirst(queue);
    if (s >= 0) return s;
  }
}

/** Takes the first off the queue at that word; 0 without one, -1 if it can't be served, because its select is done. */
export function dequeueFirst(queue: number): number {
  const { i32 } = memory;
  const s = i32[queue] as number;
  if (s === 0) return 0;
  if (i32[s + STATE] !== QUEUED) {
    loseHeld();
    corrupt("a queue of waiters");
  }
  const next = i32[s + LINK] as number;
  i32[queue] = next;
  if (next === 0) i32[queue + 1] = 0;
  else i32[next + PREV] = 0;
  const leader = i32[s + GROUP] as number;
  if (leader === 0 || Atomics.compareExchange(i32, leader + DONE, 0, 1) === 0) return s;
  i32[s + STATE] = DROPPED;
  return -1;
}

/** Whether its select is done. */
export function isDone(s: number): boolean {
  const leader = memory.i32[s + GROUP] as number;
  return leader !== 0 && Atomics.load(memory.i32, leader + DONE) !== 0;
}

/** Takes it off its queue, if it is on it. */
export function unqueue(s: number): void {
  const { i32 } = memory;
  if (i32[s + STATE] !== QUEUED) return;
  i32[s + STATE] = DROPPED;
  // Of a lost object there are no queues any more.
  if (i32[(i32[s + OBJECT] as number) + STATUS] === LOST) return;
  const queue = (i32[s + OBJECT] as number) + (i32[s + QUEUE] as number);
  const next = i32[s + LINK] as number;
  const prev = i32[s + PREV] as number;
  if (prev === 0) i32[queue] = next;
  else i32[prev + LINK] = next;
  if (next === 0) i32[queue + 1] = prev;
  else i32[next + PREV] = prev;
}

/** It has what it waited for; `deliver` tells it when no lock is held any more. */
export function serve(s: number, state: typeof SERVED | typeof ENDED | typeof FAILED): void {
  const { i32, record } = memory;
  i32[s + STATE] = state;
  i32[s + LINK] = 0;
  if (i32[record + SERVING] === 0) i32[record + SERVING] = s;
  else i32[(i32[record + SERVING_LAST] as number) + LINK] = s;
  i32[record + SERVING_LAST] = s;
}

/** Tells those who were served. */
export function deliver(arrived: (s: number) => void): void {
  const { i32, record, self } = memory;
  for (;;) {
    const s = i32[record + SERVING] as number;
    if (s === 0) return;
    const owner = i32[s + OWNER] as number;
    if (owner === self) {
      i32[record + SERVING] = i32[s + LINK] as number;
      arrived(s);
    } else send(i32, record + SERVING, s, owner);
  }
}

/** Moves the first of the list `serving` to its owner's inbox, in one step as far as the end of this thread is concerned. */
export function send(i32: Int32Array, serving: number, s: number, owner: number): void {
  const to = recordOf(owner);
  const next = i32[s + LINK] as number;
  let first = Atomics.load(i32, to + INBOX);
  for (;;) {
    i32[s + LINK] = first;
    i32[serving] = next;
    const seen = Atomics.compareExchange(i32, to + INBOX, first, s);
    if (seen === first) break;
    first = seen;
    i32[s + LINK] = next;
    i32[serving] = s;
  }
  wake(i32, to + PARK);
}
