/**
 * The lock of a shared object: held for some dozens of instructions, by code that can't throw, allocate or call the
 * program.
 *
 * The word knows its owner, so a thread that dies with a lock does not take it along: `WANTED` in its record says which
 * lock it was about to take or had, and `HELD` which others (a select holds several, in the order of their addresses). A
 * thread that waits for a lock whose owner has been told to stop takes it over after a while; what was half changed then
 * is lost, and everybody who uses it gets an error, instead of a wrong value or no answer.
 *
 * Rejected: a lock without an owner (terminating a thread leaves one in four locks taken for ever); a queue of waiters
 * per lock (the sections are shorter than a hand-over).
 */
import { monotonic, processors } from "../../runtime/host.ts";
import { Panic } from "../../runtime/panic.ts";
import { corrupt, mostBlocks } from "../memory/corrupt.ts";
import { DIRTY, HELD, HELD_BEFORE, LOCK, WANTED } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { isolateOf } from "../memory/record.ts";

/** Looks at the word before sleeping, where the owner can run meanwhile. */
const SPINS: number = processors() > 1 ? 100 : 0;
/** Milliseconds between two looks at the owner. */
const NAP = 20;
/** A thread that is told to stop stops within microseconds, unless the machine is very busy. */
const PATIENCE = 200;
/** Nobody holds a lock that long unless a debugger has stopped it. */
const LIMIT = 30_000;

/** What is to be done with an object that its owner has left half changed. */
let lose: (object: number) => void = () => {};

export function onLoss(fn: (object: number) => void): void {
  lose = fn;
}

/** Says which threads have ended, where this thread knows and has not been told: it gets no news while it waits here. */
let lookAround: () => void = () => {};

export function onWait(fn: () => void): void {
  lookAround = fn;
}

/** Takes the lock of `object`. */
export function lock(object: number): void {
  const { i32, record, key } = memory;
  i32[record + WANTED] = object;
  if (Atomics.compareExchange(i32, object + LOCK, 0, key) !== 0) contend(object);
}

export function unlock(object: number): void {
  const { i32, key } = memory;
  if (Atomics.compareExchange(i32, object + LOCK, key, 0) !== key) release(object);
}

/** Takes the locks of all `objects`, which are sorted and different. */
export function lockAll(objects: readonly number[]): void {
  const { i32, record } = memory;
  for (let n = 0; n < objects.length; n++) {
    const object = objects[n] as number;
    try {
      lock(object);
    } catch (error) {
      unlockAll(objects.slice(0, n));
      throw error;
    }
    i32[object + HELD_BEFORE] = i32[record + HELD] as number;
    i32[record + HELD] = object;
  }
}

export function unlockAll(objects: readonly number[]): void {
  const { i32, record } = memory;
  for (let i = objects.length - 1; i >= 0; i--) {
    const object = objects[i] as number;
    i32[record + HELD] = i32[object + HELD_BEFORE] as number;
    unlock(object);
  }
}

/** What this thread has locked can't be put in order: it is lost, and the locks are free for those who wait. */
export function loseHeld(): void {
  const { i32, record, key } = memory;
  for (const object of lockedBy(record)) {
    if ((Atomics.load(i32, object + LOCK) & ~1) !== key) continue;
    lose(object);
    unlock(object);
  }
  i32[record + HELD] = 0;
}

/** The objects whose locks the isolate with that record may have. */
export function lockedBy(record: number): number[] {
  const { i32 } = memory;
  const objects = [i32[record + WANTED] as number];
  for (let at = i32[record + HELD] as number; at !== 0; at = i32[at + HELD_BEFORE] as number) {
    objects.push(at);
    if (objects.length > mostBlocks(i32)) corrupt("the locks of a thread");
  }
  return objects.filter((object) => object !== 0);
}

/** Somebody waits for it, or has taken it over. */
function release(object: number): void {
  const { i32, key } = memory;
  if (Atomics.compareExchange(i32, object + LOCK, key | 1, 0) === (key | 1)) Atomics.notify(i32, object + LOCK, 1);
}

function contend(object: number): void {
  const { i32, key } = memory;
  const at = object + LOCK;
  for (let i = 0; i < SPINS; i++) {
    if (i32[at] === 0 && Atomics.compareExchange(i32, at, 0, key) === 0) return;
  }
  const began = monotonic();
  for (;;) {
    const word = Atomics.load(i32, at);
    if (word === 0) {
      // Others may wait as well, so it counts as wanted.
      if (Atomics.compareExchange(i32, at, 0, key | 1) === 0) return;
      continue;
    }
    if ((word & ~1) === key) corrupt("the lock of a shared object, which this thread has not taken");
    if ((word & 1) === 0 && Atomics.compareExchange(i32, at, word, word | 1) !== word) continue;
    if (nap(i32, at, word | 1)) continue;
    const waited = monotonic() - began;
    lookAround();
    if (waited > PATIENCE && !memory.lives(word & ~1) && takeOver(object, word | 1)) return;
    if (waited > LIMIT) {
      throw new Panic("SHARED_LOST", `thread ${isolateOf(word)} holds its lock and does not answer`);
    }
  }
}

/** Sleeps until the word changes, or a while. Says whether it may have changed. */
function nap(i32: Int32Array, at: number, word: number): boolean {
  if (canWait) {
    try {
      return Atomics.wait(i32, at, word, NAP) !== "timed-out";
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      canWait = false; // the first thread of a page must not sleep
    }
  }
  const end = monotonic() + 0.05;
  while (monotonic() < end) if (Atomics.load(i32, at) !== word) return true;
  return false;
}

let canWait = true;

/** Takes the lock from an owner that is gone, if nobody else was faster. */
export function takeOver(object: number, word: number): boolean {
  const { i32, key } = memory;
  if (Atomics.compareExchange(i32, object + LOCK, word, key | 1) !== word) return false;
  if (i32[object + DIRTY] !== 0) lose(object);
  return true;
}
