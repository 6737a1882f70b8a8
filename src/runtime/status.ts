/** The states of a goroutine; the picture is in `g.ts`. */

/** Its code runs, or the operation it performs is complete. */
export const Grunning = 0;
/** In the run queue. */
export const Grunnable = 1;
/** Parked on `g.op`. */
export const Gwaiting = 2;
/** In the run queue, before an operation that it has not attempted yet. */
export const Gpreempted = 3;
/** Runs again after Gpreempted: the operation is to be attempted now. */
export const Gretry = 4;
/** In the run queue; the operation failed and `g.value` is to be thrown. */
export const Gthrow = 5;
/** Ended; `g.value` is its result. */
export const Gdead = 6;
/** In the run queue, and its body has not begun: there are no frames to look at, and to resume it would begin it. */
export const Gnew = 7;

/** Ended by a panic that ended nothing else; `g.value` is its error. */
export const Gpanicked = 8;

export type Status =
  | typeof Grunning
  | typeof Grunnable
  | typeof Gwaiting
  | typeof Gpreempted
  | typeof Gretry
  | typeof Gthrow
  | typeof Gdead
  | typeof Gnew
  | typeof Gpanicked;

/** Whether it has ended, in whatever way. */
export const hasEnded = (status: Status): boolean => status === Gdead || status === Gpanicked;
