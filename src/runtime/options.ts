/** What goes into a run. */

import type { GoroutineInfo, PanicHandler } from "./types.ts";

/** Options of `run` and `main`. */
export interface RunOptions {
  /** A 32-bit number: makes every choice of the run (which ready case, who is preempted when) the same each time. */
  readonly seed?: number | undefined;
  /** A name for traces. */
  readonly name?: string | undefined;
  /** Timer and ticker channels as before Go 1.23: buffered, with stale values to drain. */
  readonly asyncTimerChan?: boolean | undefined;
  /** Records where goroutines are started, and warns of operations that were made and never performed. */
  readonly debug?: boolean | undefined;
  /**
   * When main has returned and goroutines are left that can never go on: `true` makes that a `LeakError`, a function is
   * called with their list, `false` says that it is meant to be so, also to `noLeaks` of `millrace/testing`. Where that is
   * looked for, the others first go on until none can by itself. Where time, a promise that the host works on or another run
   * may still wake one, none is taken for lost, because that one may wake the others.
   *
   * With `"report"`, goroutines that wait are held weakly: one that nothing can ever wake, because nothing that is in use
   * refers to what it waits for, is reported on standard error and collected while the run goes on.
   */
  readonly leaks?: boolean | "report" | ((left: readonly GoroutineInfo[]) => void) | undefined;
  /**
   * Decides what a panic ends: `"goroutine"` for the goroutine alone, whose `join` then throws, nothing for the run. It is
   * not asked about main's own error, which is what the run rejects with, nor about a `FatalError`.
   */
  readonly onPanic?: PanicHandler | undefined;
  /** Aborting it ends the run: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
