/**
 * What is counted over all runs: the numbers by which events, dumps and reports call runs, channels, locks and the like. All
 * copies of the library count together, so that no two things have one number. Every kind of thing that has a number counts
 * here, not in a variable of its own file.
 *
 * A run that is repeated, by exploration or the stepper, counts its things from its own beginning: then the names in its
 * reports are the schedule's, the same in each repetition and on each machine. Only the numbers of runs are never used
 * again, so a thing of such a run and one made outside of it are told apart by their runs.
 */
import { once } from "./copies.ts";

/** How many things of each kind there are. */
export class Made {
  chans = 0;
  mutexes = 0;
  rwMutexes = 0;
  waitGroups = 0;
  semaphores = 0;
  conds = 0;
  onces = 0;
  errGroups = 0;
  crews = 0;
  pools = 0;

  /** One by one, because exploration does this for each of its runs. */
  copy(from: Made): void {
    this.chans = from.chans;
    this.mutexes = from.mutexes;
    this.rwMutexes = from.rwMutexes;
    this.waitGroups = from.waitGroups;
    this.semaphores = from.semaphores;
    this.conds = from.conds;
    this.onces = from.onces;
    this.errGroups = from.errGroups;
    this.crews = from.crews;
    this.pools = from.pools;
  }
}

class Numbers extends Made {
  runs = 0;
}

export const numbers: Numbers = once("numbers", () => new Numbers());

/** Calls `fn`, which counts on from `made`. */
export function counting(made: Made, fn: () => void): void {
  const outside = new Made();
  outside.copy(numbers);
  numbers.copy(made);
  try {
    fn();
  } finally {
    made.copy(numbers);
    numbers.copy(outside);
  }
}
