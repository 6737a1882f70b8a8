/**
 * What is in shared memory at the place of a shared channel or lock. One layout for all of them, so that one select can
 * lock and queue on any mixture.
 *
 * Invariants: whatever changes after the object was made is written under its lock, except `REFS`. `DIRTY` is set exactly
 * while a change is half made, so that whoever finds the lock of a dead thread knows whether the object is still good.
 */

/** What an object is, in its word `KIND` (isolate.ts). */
export const CHAN = 32;
export const MUTEX = 33;
export const SEMAPHORE = 34;
export const WAITGROUP = 35;
export type ObjectKind = typeof CHAN | typeof MUTEX | typeof SEMAPHORE | typeof WAITGROUP;

/** The word of its lock: 0, or the owner's key with the lowest bit set if somebody waits. */
export const LOCK = 3;
export const DIRTY = 4;
/** `OPEN`, `CLOSED` or `LOST`. */
export const STATUS = 5;
/** Who waits at one end and at the other: the first and the last each. */
export const RECVQ = 6;
export const SENDQ = 8;
/** Values in the buffer; what is counted or held of a lock. */
export const QCOUNT = 10;
/** Slots of the buffer; the size of a semaphore. */
export const SIZE = 11;
export const SENDX = 12;
export const RECVX = 13;
/** The isolate that holds a mutex, by its key. */
export const HOLDER = 14;
/** How many refer to it: threads that hold it, and copies under way. */
export const REFS = 16;
/** Its number, unique over all threads and kinds. */
export const ID = 17;
/** The lock that its owner took before this one. */
export const HELD_BEFORE = 18;
/** Cells with what does not change: name, zero value and codec. */
export const OPTIONS = 20;
/** The slots of the buffer, on cache lines of their own. */
export const BUFFER = 32;

export const OPEN = 0;
export const CLOSED = 1;
/** A thread died while it changed it. */
export const LOST = 2;

/** Words of a slot. */
export const SLOT_WORDS = 4;
