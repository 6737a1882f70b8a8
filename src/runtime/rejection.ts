/**
 * What a promise was rejected with, or a job has failed with, gets, below its own frames, those of the goroutine that waits for
 * it, as `await` adds those of async functions. They are added when the error is thrown there, so what ends well pays nothing.
 *
 * Invariant: an error gets frames once, of the first goroutine that has frames of the program's, so that it does not grow with
 * each retry. One that can't be written to stays as it is.
 */
import { waitingFrames } from "./traceback.ts";

/** Errors on their way from a promise or a job to the goroutine that waits. */
const underWay = new WeakSet<Error>();
/** Errors that have their frames, or are to have none. */
const complete = new WeakSet<Error>();

/** A promise was rejected with `error`, or a job has failed with it. */
export function rejectedWith(error: unknown): void {
  if (error instanceof Error && !complete.has(error)) underWay.add(error);
}

/** `error` is thrown in the goroutine that runs; `capture` takes that one's stack. */
export function thrown(error: unknown, capture: (into: { stack?: string }) => void): void {
  if (!(error instanceof Error) || !underWay.delete(error)) return;
  // Where `stack` is an accessor, as in Node 24, that of a frozen error can be set all the same.
  if (Object.isFrozen(error)) {
    complete.add(error);
    return;
  }
  try {
    const stack = String(error.stack);
    const frames = waitingFrames(stack, capture);
    if (frames === "") return;
    complete.add(error);
    error.stack = stack + frames;
  } catch {
    complete.add(error); // a property that can't be written, or a getter of the program's
  }
}

/** `error` is thrown in many places, and says where in none. */
export function placeless(error: Error): Error {
  complete.add(error);
  return error;
}
