/** What a workload's program is: it does the work at size `n`, checks its own result and throws when that is wrong. */
export type Program = (n: number, meter: Meter) => Promise<void>;

/** Where a program about memory says when to look: with nothing made yet, and with all `n` of them there. */
export interface Meter {
  empty(): void;
  full(): void;
}

/** Throws unless every value arrived exactly once, as far as `got` can tell. */
export function check(got: number, want: number): void {
  if (got !== want) throw new Error(`wrong result: ${got}, not ${want}`);
}

/** 1 + 2 + … + n. */
export function sumTo(n: number): number {
  return (n * (n + 1)) / 2;
}

/** How many goroutines stand in the ring. */
export const RING = 1000;

/** How many want the lock at once. */
export const LOCKERS = 10;

/** How many want one of the semaphore's places, and how many there are. */
export const CROWD = 100;
export const PLACES = 10;

/** How many goroutines are waited for at once. */
export const GROUP = 1000;

/** How many jobs a pool does at once. */
export const WORKERS = 10;

/** When the i-th timer fires, in milliseconds: at any time within 100. */
export const within = (i: number): number => (i * 7919) % 100;

/** How many children a context of the tree has. */
export const BRANCHES = 10;
