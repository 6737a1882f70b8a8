/**
 * The program's other threads, as the core sees them: `millrace/threads` fills in `m.others` once it needs them, and
 * without it there is only this thread.
 */

import type { Body } from "./body.ts";
import type { G, Watched } from "./g.ts";
import type { P } from "./proc.ts";
import type { GoroutineInfo, ThreadsInfo } from "./types.ts";

export interface Others {
  /** Starts a goroutine of `p` that may run on any thread; null when it is to run here. */
  go(p: P, fn: Body, args: unknown[], by: G | null): Watched | null;
  /**
   * What calls a parallel function on any thread and throws what it throws; null for any other function. Once the context among
   * its arguments has ended it has `grace` milliseconds to end, too; for Infinity it may take as long as it likes.
   */
  call(fn: Body, grace: number): Body | null;
  /** The most threads that run goroutines; `n` above 0 sets it. Gives what it was before. */
  procs(n: number): number;
  /** What there is of other threads now. */
  threads(): ThreadsInfo;
  /** How many goroutines of `p` there are besides those that are on this thread. */
  away(p: P): number;
  /** The goroutines of `p` that are not on this thread. */
  goroutines(p: P): GoroutineInfo[];
  /** The main of `p` returns: what was lost and has not been joined is a panic. */
  unjoined(p: P): void;
  /** This thread's event loop has run dry: whether none of the others could wake it. If not, it is kept open. */
  asleep(): boolean;
  /** Whether the code that runs now is the top level of a module that this thread only imports: it is to start nothing. */
  halts(): boolean;
  /** Ends all of them, for the end of the program. */
  stop(): Promise<void>;
}
