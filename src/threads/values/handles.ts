/**
 * Handles: the classes whose objects live in shared memory and travel as a pointer to there, `sharedChan` for one.
 *
 * Invariant: a pointer on its way counts as one reference. `encode` takes it, and either `decode` adopts it or `release`
 * gives it up.
 */

import { once } from "../../runtime/copies.ts";

/** How the objects of one class travel. */
export interface Handle {
  /** Its number, the same on all threads, below 256. */
  readonly kind: number;
  /** Whether `value` is one of its objects. */
  is(value: object): boolean;
  /** The pointer to what `value` stands for, below 2 ** 31, with one more reference. */
  encode(value: object): number;
  /** This thread's object for the pointer. Adopts the reference. */
  decode(pointer: number): object;
  /** Gives up the reference of a pointer that nobody will decode. */
  release(pointer: number): void;
}

/** Who has which number. Numbers are for good: threads of one program may load their modules in any order. */
export const HANDLE = {
  chan: 1,
  sendChan: 2,
  recvChan: 3,
  waitGroup: 4,
  mutex: 5,
  semaphore: 6,
  context: 7,
  buffer: 8,
  parallel: 9,
} as const;

// Of all copies of this library: a class of any of them is sent, and what arrives is of the first one's.
const all: Handle[] = once("handles", () => []);
const byKind: (Handle | undefined)[] = once("handles by kind", () => []);

/** Makes a class's objects able to travel. */
export function registerHandle(handle: Handle): void {
  byKind[handle.kind] ??= handle;
  all.push(handle);
}

/** How `value` travels, if it is a handle. */
export function handleOf(value: object): Handle | undefined {
  for (const handle of all) if (handle.is(value)) return handle;
  return undefined;
}

/** The class with that number. */
export function handleOfKind(kind: number): Handle | undefined {
  return byKind[kind];
}
