/**
 * What is done about words of the shared memory that were overwritten: a program's own bug can do that, through a native
 * addon or the buffer of a worker, and so can one of ours.
 *
 * Every walk along words in shared memory has an end: a list has no more members than there can be blocks, a ring no more
 * than it has places, a member of a queue says that it is on one, and a lock belongs to a thread that there is. Where one
 * of these does not hold, going on would be an endless loop, or a wait without end, so it is an error there. What else is
 * wrong with the words (a value, a count) only gives wrong results.
 */
import { Panic } from "../../runtime/panic.ts";
import { LINK } from "./layout.ts";

/** Throws: `what` was overwritten. */
export function corrupt(what: string): never {
  throw new Panic("SHARED_CORRUPT", what);
}

/** How many blocks there can be. */
export function mostBlocks(i32: Int32Array): number {
  return i32.length >>> 3;
}

/**
 * Takes all blocks off the list at the word `list`, which other threads may put more on, and calls `each` with one after the
 * other; that may free it.
 *
 * @throws Panic SHARED_CORRUPT when the list leads back to itself, or out of the memory
 */
export function drain(i32: Int32Array, list: number, what: string, each: (block: number) => void): void {
  let left = mostBlocks(i32);
  for (let block = Atomics.exchange(i32, list, 0); block !== 0; ) {
    if (--left < 0) corrupt(what);
    const next = i32[block + LINK] as number;
    each(block);
    block = next;
  }
}
