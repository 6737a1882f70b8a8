/**
 * What a promise was rejected with gets, below its own frames, those of the goroutine that waits for it, as `await` adds
 * those of async functions. They are added when the error is thrown there, so a promise that is fulfilled pays nothing.
 *
 * Invariant: an error gets frames once, of the goroutine that it is thrown in first, so that it does not grow with each
 * retry. One that can't be written to stays as it is.
 */
import { waitingFrames } from "./traceback.ts";

/** Errors on their way from a promise to whoever waits. */
const underWay = new WeakSet<Error>();
/** Errors that have their frames, or are to have none. */
const complete = new WeakSet<Error>();

/** A promise was rejected with `error`. */
export function rejectedWith(error: unknown): void {
  if (error instanceof Error && !complete.has(error)) underWay.add(error);
}

/** `error` is thrown in the goroutine that runs; `capture` takes that one's stack. */
export function thrown(error: unknown, capture: (into: { stack?: string }) => void): void {
  if (!(error instanceof Error) || !underWay.delete(error)) return;
  complete.add(error);
  // Where `stack` is an accessor, as in Node 24, that of a frozen error can be set all the same.
  if (Object.isFrozen(error)) return;
  try {
    const stack = String(error.stack);
    error.stack = stack + waitingFrames(stack, capture);
  } catch {
    // A property that can't be written, or a getter of the program's.
  }
}

/** `error` is thrown in many places, and says where in none. */
export function placeless(error: Error): Error {
  complete.add(error);
  return error;
}
