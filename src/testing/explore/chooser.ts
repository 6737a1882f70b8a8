/**
 * Who decides in an exploration what happens next, and who is told what did. Each kind of search is a chooser; an execution
 * asks it, and knows of none of them.
 */

import type { G } from "../../runtime/g.ts";
import type { Operation } from "../../runtime/op.ts";

/** The option that stands for the clock in a list of goroutines: the next timer fires. */
export const CLOCK = 0;

/** What decides where the program has no say. */
export interface Chooser {
  /**
   * Who makes the next step: an index of `options`, which holds the numbers of goroutines, first that of the one that ran
   * last if it may go on, then the others, oldest first, and at the end perhaps `CLOCK`. Negative: nobody, the run is given up.
   */
  next(options: readonly number[]): number;
  /** Which ready case of a select to take: the first one from that index on, going round. */
  start(n: number): number;
  /** Told which one was taken, `n` for none. */
  started?(start: number, taken: number, n: number): void;
  /** A whole number from 0 to `n - 1`. */
  below(n: number): number;
  /** What a step does, for choosers that want to know. */
  readonly watcher?: Watcher;
}

/** Told what each step does. */
export interface Watcher {
  /** A step of `g` begins, with `op` if it is to be attempted; null is the clock. */
  begin(g: G | null, op: Operation<unknown> | null): void;
  touch(thing: object | null): void;
  /** It ended the run, with an error: nobody else does anything any more. */
  broke?(): void;
  /** In it a choice was made. */
  note(choice: number): void;
  /** `g` is about to let others run before it attempts `op`: its frames are on the stack. */
  performs?(g: G, op: Operation<unknown>): void;
  /** It has ended; it made these goroutines ready. */
  end(ready: readonly G[]): void;
}
