/**
 * Clearing up after a thread that has died, by another one: so that nobody waits for it, and its place can be taken.
 *
 * - The locks it held are freed. An object that it was changing just then is lost: those who wait for it, and whoever uses
 *   it later, get an error. So is a mutex that its program held, because nobody knows what that left half done; what it had
 *   of a semaphore is released.
 * - Whom it had served and not told yet is told.
 * - Its goroutines leave all queues, and what it held of shared objects is given up.
 * - Its blocks, its sudogs and what is free of its chunks stay in its record, for the next isolate with that number.
 *
 * A waiter of its that somebody is serving at this moment stays; the next isolate gets the message and throws it away.
 */

import { corrupt, drain, mostBlocks } from "../memory/corrupt.ts";
import { discardHold } from "../memory/holds.ts";
import { ALERT, isolate, KIND_ENDED, KIND_WAITER } from "../memory/isolate.ts";
import {
  ALERTS,
  DIRTY,
  GENERATION,
  HELD,
  HOLD_NEXT,
  HOLD_OBJECT,
  HOLD_WEIGHT,
  HOLDER,
  HOLDS,
  INBOX,
  KIND,
  LINK,
  LOCK,
  PARK,
  QCOUNT,
  RECVQ,
  SENDQ,
  SERVING,
  STATE,
  STATUS,
  WANTED,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { CONTEXT, LOST, MUTEX, SEMAPHORE, SHARED_BUFFER } from "../memory/object.ts";
import { keyOf, LIVE, RUNNING, recordOf, STOPPING } from "../memory/record.ts";
import { lock, lockedBy, onLoss, takeOver, unlock } from "../shared/lock.ts";
import { giveWeight, grant } from "../shared/semaphore.ts";
import { release } from "../shared/shared.ts";
import * as sudog from "../shared/sudog.ts";
import { waiting } from "../shared/waiting.ts";
import { buffers } from "../values/buffers.ts";
import { freeContext, gotEnd, releaseContext } from "../values/received.ts";
import { drop } from "../values/slot.ts";
import { dropTold, KIND_TOLD } from "../values/tell.ts";
import { dropResult, KIND_BACK } from "./task.ts";

/** That thread was told to end, or has ended: whoever waits for a lock of its takes it over soon. */
export function stopping(which: number): void {
  Atomics.compareExchange(memory.i32, recordOf(which) + STATE, LIVE, STOPPING);
}

/** That thread has ended. */
export function recover(which: number): void {
  const { i32 } = memory;
  const record = recordOf(which);
  stopping(which);
  const key = keyOf(which, i32[record + GENERATION] as number);
  freeLocks(record, key);
  tellServed(record, which);
  const sudogs = leaveQueues(record);
  takeInbox(record);
  for (const s of sudog.allSudogs(record)) if ((i32[s + sudog.OBJECT] as number) !== 0) giveBack(s);
  for (const s of sudogs) {
    drop(s + sudog.CELL);
    sudog.freeSudog(s);
  }
  giveUpHolds(record, key);
  memory.reclaim(which);
  Atomics.store(i32, record + ALERTS, 0);
  Atomics.store(i32, record + PARK, RUNNING);
  waiting.deliver();
}

function freeLocks(record: number, key: number): void {
  const { i32 } = memory;
  const objects = lockedBy(record);
  i32[record + WANTED] = i32[record + HELD] = 0;
  for (const object of objects) {
    const word = Atomics.load(i32, object + LOCK);
    if ((word & ~1) === key && takeOver(object, word)) unlock(object);
  }
}

function tellServed(record: number, which: number): void {
  const { i32 } = memory;
  for (let s = i32[record + SERVING] as number; s !== 0; s = i32[record + SERVING] as number) {
    const owner = i32[s + sudog.OWNER] as number;
    if (owner === which) {
      i32[record + SERVING] = i32[s + LINK] as number;
      giveBack(s);
      drop(s + sudog.CELL);
      sudog.freeSudog(s);
    } else sudog.send(i32, record + SERVING, s, owner);
  }
}

/** Gives those that were on queues, which can be freed once all are off. */
function leaveQueues(record: number): number[] {
  const { i32 } = memory;
  const left: number[] = [];
  for (const s of sudog.allSudogs(record)) {
    const object = i32[s + sudog.OBJECT] as number;
    if (object === 0 || (i32[s + sudog.STATE] as number) >= sudog.SERVED) continue;
    lock(object);
    sudog.unqueue(s);
    if (i32[object + KIND] === SEMAPHORE) grant(object);
    const served = (i32[s + sudog.STATE] as number) >= sudog.SERVED;
    unlock(object);
    if (!served) left.push(s);
  }
  return left;
}

/** What it was told and has not read. */
function takeInbox(record: number): void {
  const { i32 } = memory;
  drain(i32, record + INBOX, "the inbox of a thread", (message) => {
    if (i32[message + KIND] === KIND_WAITER) {
      giveBack(message);
      drop(message + sudog.CELL);
      sudog.freeSudog(message);
    } else {
      const kind = i32[message + KIND];
      if (kind === KIND_BACK) dropResult(message);
      else if (kind === KIND_TOLD) dropTold(message);
      if (kind === CONTEXT) freeContext(message);
      else if (kind === KIND_ENDED) gotEnd(message);
      else memory.free(message);
    }
  });
}

/** It was served; what it was given goes back, where that can be. A mutex is known by its holder. */
function giveBack(s: number): void {
  const { i32 } = memory;
  const object = i32[s + sudog.OBJECT] as number;
  if (i32[object + KIND] === SEMAPHORE && i32[s + sudog.STATE] === sudog.SERVED) {
    giveWeight(object, i32[s + sudog.CELL + 1] as number, s);
  }
}

function giveUpHolds(record: number, key: number): void {
  const { i32 } = memory;
  let hold = i32[record + HOLDS] as number;
  i32[record + HOLDS] = 0;
  let left = mostBlocks(i32);
  while (hold !== 0) {
    if (--left < 0) corrupt("what a thread holds");
    const next = i32[hold + HOLD_NEXT] as number;
    const object = i32[hold + HOLD_OBJECT] as number;
    const weight = i32[hold + HOLD_WEIGHT] as number;
    const kind = i32[object + KIND];
    if (kind === SEMAPHORE && weight > 0) giveWeight(object, weight, 0);
    else if (kind === MUTEX && i32[object + HOLDER] === key) {
      lock(object);
      lose(object);
      unlock(object);
    }
    discardHold(hold);
    if (kind === CONTEXT) releaseContext(object);
    else if (kind === SHARED_BUFFER) buffers.release(object);
    else release(object);
    hold = next;
  }
}

/** Under the lock: the object can't be used any more. Its queues may be broken, so each thread looks for its own waiters. */
function lose(object: number): void {
  const { i32 } = memory;
  i32[object + RECVQ] = i32[object + RECVQ + 1] = i32[object + SENDQ] = i32[object + SENDQ + 1] = 0;
  i32[object + QCOUNT] = 0;
  Atomics.store(i32, object + STATUS, LOST);
  i32[object + DIRTY] = 0;
  const { isolates } = memory;
  for (let to = 0; to < isolates; to++) {
    if (Atomics.load(i32, recordOf(to) + STATE) !== LIVE) continue;
    isolate.alert(to, ALERT.lost);
  }
}

onLoss(lose);
