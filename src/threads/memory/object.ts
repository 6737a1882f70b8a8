/**
 * What is in shared memory at the place of a shared channel or lock. One layout for all of them, so that one select can
 * lock and queue on any mixture.
 *
 * Invariants: whatever changes after the object was made is written under its lock, except `REFS`. `DIRTY` is set exactly
 * while a change is half made, so that whoever finds the lock of a dead thread knows whether the object is still good.
 */

/** What an object is, in its word `KIND`. */
export const CHAN = 32;
export const MUTEX = 33;
export const SEMAPHORE = 34;
export const WAITGROUP = 35;
/** And what is shared, but can't be waited for in a select with the others. */
export const CONTEXT = 36;
export const SHARED_BUFFER = 37;
export type ObjectKind = typeof CHAN | typeof MUTEX | typeof SEMAPHORE | typeof WAITGROUP;

/** What its `STATUS` says. */
export const OPEN = 0;
export const CLOSED = 1;
/** A thread died while it changed it. */
export const LOST = 2;
