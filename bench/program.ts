/** What a workload's program is, and what is the same for all who write it: names, sizes and the check of the result. */

/** Does the work at size `n`, checks its own result and throws when that is wrong. */
export type Program = (n: number, meter: Meter) => Promise<void>;

/** Where a program about memory says when to look: with nothing made yet, and with all `n` of them there. */
export interface Meter {
  empty(): void;
  full(): void;
}

export type ChannelName =
  | "hand-off"
  | "buffered"
  | "spawn"
  | "ring"
  | "sieve"
  | "parked"
  | "parked-own"
  | "channel-memory";
export type SelectName = "select-2" | "select-16";
export type LockName = "mutex" | "mutex-contended";

/** What a program is called among those of everybody but Millrace, whose workloads name their functions. */
export type Name =
  | ChannelName
  | SelectName
  | LockName
  | "mutex-memory"
  | "semaphore"
  | "waitgroup"
  | "waitgroup-memory"
  | "pool"
  | "pool-submit"
  | "timer-stop"
  | "timer-batch"
  | "timer-fire"
  | "timer-memory"
  | "sleepers"
  | "context"
  | "context-tree"
  | "context-memory"
  | "fib"
  | "tasks"
  | "tasks-in-turn"
  | "numbers"
  | "numbers-packed"
  | "objects"
  | "objects-packed"
  | "round-trip";

/** Those that one side has, as its file gives them. */
export type Programs = { readonly [name in Name]?: Program };

/** What a side has that writes its programs on channels once, for any capacity and number of cases. */
interface ChannelPrograms {
  oneToOne(capacity: number, n: number): Promise<void>;
  select(cases: number, n: number): Promise<void>;
  spawn: Program;
  ring: Program;
  sieve: Program;
  parked: Program;
  parkedOwn: Program;
  channel: Program;
}

/** The workloads that these are. */
export function byName(its: ChannelPrograms): Record<ChannelName | SelectName, Program> {
  return {
    "hand-off": (n) => its.oneToOne(0, n),
    buffered: (n) => its.oneToOne(1024, n),
    "select-2": (n) => its.select(2, n),
    "select-16": (n) => its.select(16, n),
    spawn: its.spawn,
    ring: its.ring,
    sieve: its.sieve,
    parked: its.parked,
    "parked-own": its.parkedOwn,
    "channel-memory": its.channel,
  };
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
export const LOCKERS = 100;

/** How many want one of the semaphore's places, and how many there are. */
export const CROWD = 100;
export const PLACES = 10;

/** How many goroutines are waited for at once. */
export const GROUP = 1000;

/** How many jobs a pool does at once. */
export const WORKERS = 10;

/** How many threads do the tasks. */
export const THREADS = 2;

/** How many values fit between two threads, and how many are sent at once when they are packed. */
export const CAPACITY = 1024;
export const PACK = 100;

/** When the i-th timer fires, in milliseconds: at any time within 100. */
export const within = (i: number): number => 1 + ((i * 7919) % 100);

/** When the i-th timer of those that are all stopped would fire. */
export const later = (i: number): number => 60_000 + (i % 1000);

/** How many children a context of the tree has. */
export const BRANCHES = 10;

/** What is computed on another thread: slow on purpose. */
export function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/** Enough of it to be worth a thread, and its value. */
export const ENOUGH = 27;
export const FIB_ENOUGH = 196_418;

export interface Item {
  readonly id: number;
  readonly name: string;
}

export const item = (id: number): Item => ({ id, name: "name" });
