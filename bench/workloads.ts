/** Every workload: its size, who takes part in it, and what Millrace is held to. */
import type { Name as ChannelProgram } from "./peers/async.ts";
import type { Program } from "./program.ts";

/** What a program is called among those of a peer. */
export type Name =
  | ChannelProgram
  | "timer-stop"
  | "timer-fire"
  | "context"
  | "context-tree"
  | "mutex"
  | "mutex-contended"
  | "semaphore"
  | "waitgroup"
  | "pool";

export const peers = {
  hand: () => import("./peers/hand.ts"),
  medium: () => import("./peers/medium.ts"),
  "csp-ts": () => import("./peers/csp-ts.ts"),
  "@thi.ng/csp": () => import("./peers/thi-ng.ts"),
  "ts-chan": () => import("./peers/ts-chan.ts"),
  setTimeout: () => import("./peers/set-timeout.ts"),
  "async-mutex": () => import("./peers/async-mutex.ts"),
  "p-limit": () => import("./peers/p-limit.ts"),
  "p-map": () => import("./peers/p-map.ts"),
  "p-queue": () => import("./peers/p-queue.ts"),
} satisfies Record<string, () => Promise<{ default: Partial<Record<Name, Program>> }>>;

export type Peer = keyof typeof peers;

/** At most `atMost` × the time of `of`; with `belowPeers`, and less than every npm package too. */
export interface TimeTarget {
  atMost: number;
  of: "go" | "hand";
  belowPeers?: true;
}

/** One way to write the workload with Millrace. */
export interface Variant {
  name: string;
  load: () => Promise<Program>;
  target?: TimeTarget;
}

export interface Workload {
  name: string;
  what: string;
  n: number;
  variants: readonly Variant[];
  /** What the same program is called for the peers. */
  program: Name;
  /** `hand`, then the two fastest npm packages that finish it. */
  peers: readonly Peer[];
}

export interface TimedWorkload extends Workload {
  unit: "ns" | "ms";
}

/** What has a table of its own, which its program prints. */
export interface TableWorkload {
  name: string;
  title: string;
  /** The program, in this folder. */
  file: string;
}

export interface MemoryWorkload extends Workload {
  go: boolean;
  /** What one may take, in bytes of resident memory; held to where V8's own tens of MB no longer count. */
  atMost?: number;
  /** Room for the heap, in MB. */
  heap: number;
  /** How often it is measured at most, for it varies little. */
  rounds: number;
}

const overGo = (atMost: number): TimeTarget => ({ atMost, of: "go" });
/** No dearer than Go, and cheaper than every package. */
const overGoAndPeers: TimeTarget = { atMost: 1, of: "go", belowPeers: true };
/** Go has nothing like it: cheaper than every package. */
const overPeers: TimeTarget = { atMost: Number.POSITIVE_INFINITY, of: "go", belowPeers: true };
const awaitStyle: TimeTarget = { atMost: 1.3, of: "hand", belowPeers: true };

export const timed: readonly TimedWorkload[] = [
  {
    name: "hand-off",
    what: "unbuffered, one sender, one receiver",
    n: 1_000_000,
    unit: "ns",
    variants: [
      { name: "generators", load: async () => (await import("./hand-off.ts")).handOff, target: overGo(0.6) },
      { name: "await", load: async () => (await import("./hand-off.ts")).handOffAwait, target: awaitStyle },
    ],
    program: "hand-off",
    peers: ["hand", "medium", "csp-ts"],
  },
  {
    name: "buffered",
    what: "the same with room for 1024",
    n: 2_000_000,
    unit: "ns",
    variants: [
      { name: "generators", load: async () => (await import("./buffered.ts")).buffered, target: overGo(0.8) },
      { name: "await", load: async () => (await import("./buffered.ts")).bufferedAwait, target: awaitStyle },
    ],
    program: "buffered",
    peers: ["hand", "@thi.ng/csp", "csp-ts"],
  },
  {
    name: "select-2",
    what: "one receiver selects over 2 senders",
    n: 500_000,
    unit: "ns",
    variants: [
      { name: "inline", load: async () => (await import("./select.ts")).select2, target: overGo(0.8) },
      { name: "made once", load: async () => (await import("./select.ts")).select2Hoisted, target: overGo(0.8) },
    ],
    program: "select-2",
    peers: ["hand", "medium", "@thi.ng/csp"],
  },
  {
    name: "select-16",
    what: "one receiver selects over 16 senders",
    n: 320_000,
    unit: "ns",
    variants: [
      { name: "inline", load: async () => (await import("./select.ts")).select16, target: overGo(0.3) },
      { name: "made once", load: async () => (await import("./select.ts")).select16Hoisted, target: overGo(0.3) },
    ],
    program: "select-16",
    peers: ["hand", "medium", "ts-chan"],
  },
  {
    name: "spawn-1e5",
    what: "start 100,000 that each send once",
    n: 100_000,
    unit: "ns",
    variants: [{ name: "generators", load: async () => (await import("./spawn.ts")).spawn, target: overGo(0.4) }],
    program: "spawn",
    peers: ["hand", "medium", "csp-ts"],
  },
  {
    name: "spawn-1e6",
    what: "start 1,000,000 that each send once",
    n: 1_000_000,
    unit: "ns",
    variants: [{ name: "generators", load: async () => (await import("./spawn.ts")).spawn, target: overGo(0.4) }],
    program: "spawn",
    peers: ["hand"],
  },
  {
    name: "ring",
    what: "a ring of 1000, per hop",
    n: 1_000_000,
    unit: "ns",
    variants: [{ name: "generators", load: async () => (await import("./ring.ts")).ring, target: overGo(0.6) }],
    program: "ring",
    peers: ["hand", "medium", "csp-ts"],
  },
  {
    name: "sieve",
    what: "the first 1000 primes",
    n: 1000,
    unit: "ms",
    variants: [{ name: "generators", load: async () => (await import("./sieve.ts")).sieve, target: overGo(0.8) }],
    program: "sieve",
    peers: ["hand", "medium", "csp-ts"],
  },
  {
    name: "timer-stop",
    what: "set 100,000 timers and stop each",
    n: 100_000,
    unit: "ns",
    variants: [
      {
        name: "Timer",
        load: async () => (await import("./timers.ts")).timerStop,
        target: { atMost: 1, of: "go", belowPeers: true },
      },
    ],
    program: "timer-stop",
    peers: ["setTimeout"],
  },
  {
    name: "timer-fire",
    what: "100,000 timers that fire within 100 ms",
    n: 100_000,
    unit: "ms",
    variants: [{ name: "afterFunc", load: async () => (await import("./timers.ts")).timerFire }],
    program: "timer-fire",
    peers: ["setTimeout"],
  },
  {
    name: "context",
    what: "derive 100,000 contexts with a timeout and cancel each",
    n: 100_000,
    unit: "ns",
    variants: [{ name: "contexts", load: async () => (await import("./context.ts")).contextCancel }],
    program: "context",
    peers: [],
  },
  {
    name: "context-tree",
    what: "a tree of 1,000,000 contexts, cancelled at its root",
    n: 1_000_000,
    unit: "ns",
    variants: [{ name: "contexts", load: async () => (await import("./context.ts")).contextTree }],
    program: "context-tree",
    peers: [],
  },
  {
    name: "mutex",
    what: "lock and unlock, nobody else wants it",
    n: 1_000_000,
    unit: "ns",
    variants: [
      { name: "generators", load: async () => (await import("./mutex.ts")).uncontended, target: overPeers },
      { name: "await", load: async () => (await import("./mutex.ts")).uncontendedAwait, target: overPeers },
    ],
    program: "mutex",
    peers: ["async-mutex"],
  },
  {
    name: "mutex-contended",
    what: "10 want it, each holds it over a switch",
    n: 500_000,
    unit: "ns",
    variants: [
      { name: "generators", load: async () => (await import("./mutex.ts")).contended, target: overGoAndPeers },
      { name: "await", load: async () => (await import("./mutex.ts")).contendedAwait, target: overPeers },
    ],
    program: "mutex-contended",
    peers: ["async-mutex"],
  },
  {
    name: "semaphore",
    what: "100 want one of 10 places, each holds it over a switch",
    n: 500_000,
    unit: "ns",
    variants: [
      { name: "generators", load: async () => (await import("./semaphore.ts")).semaphore, target: overGoAndPeers },
      { name: "await", load: async () => (await import("./semaphore.ts")).semaphoreAwait, target: overPeers },
    ],
    program: "semaphore",
    peers: ["async-mutex", "p-limit"],
  },
  {
    name: "waitgroup",
    what: "start 1000 and wait for them, per goroutine",
    n: 500_000,
    unit: "ns",
    variants: [
      { name: "add and done", load: async () => (await import("./waitgroup.ts")).addDone, target: overGo(1) },
      { name: "wg.go", load: async () => (await import("./waitgroup.ts")).wgGo },
    ],
    program: "waitgroup",
    peers: [],
  },
  {
    name: "pool",
    what: "10 workers, jobs that do nothing, per job",
    n: 200_000,
    unit: "ns",
    variants: [
      {
        name: "mapConcurrent, generators",
        load: async () => (await import("./pool.ts")).mapGenerators,
        target: overGoAndPeers,
      },
      { name: "mapConcurrent, await", load: async () => (await import("./pool.ts")).mapAsync, target: overPeers },
    ],
    program: "pool",
    peers: ["p-map", "p-limit", "p-queue"],
  },
  {
    name: "pool-submit",
    what: "all jobs submitted at once, 10 are done at a time, per job",
    n: 200_000,
    unit: "ns",
    variants: [
      { name: "submit and join", load: async () => (await import("./pool.ts")).poolSubmit, target: overGoAndPeers },
      { name: "run, a goroutine each", load: async () => (await import("./pool.ts")).poolGo, target: overGoAndPeers },
      { name: "run, await", load: async () => (await import("./pool.ts")).poolRun, target: overPeers },
    ],
    program: "pool",
    peers: ["p-limit", "p-queue"],
  },
];

export const tables: readonly TableWorkload[] = [
  { name: "lateness", title: "How late sleepers wake", file: "lateness.ts" },
  { name: "interop", title: "Streams through channels", file: "interop.ts" },
  { name: "threads", title: "Values between two threads", file: "threads.ts" },
  { name: "threads-go", title: "Goroutines on other threads", file: "threads-go.ts" },
  { name: "explore", title: "Schedules a second", file: "explore.ts" },
];

export const memory: readonly MemoryWorkload[] = [
  {
    name: "parked-1e5",
    what: "100,000 parked on a receive",
    n: 100_000,
    variants: [{ name: "generators", load: async () => (await import("./memory.ts")).parked }],
    program: "parked",
    peers: ["hand", "csp-ts", "medium"],
    go: true,
    heap: 4096,
    rounds: 3,
  },
  {
    name: "parked-1e6",
    what: "1,000,000 parked on a receive",
    n: 1_000_000,
    variants: [{ name: "generators", load: async () => (await import("./memory.ts")).parked }],
    program: "parked",
    peers: ["hand", "csp-ts", "medium"],
    go: true,
    atMost: 350,
    heap: 4096,
    rounds: 3,
  },
  {
    name: "parked-1e7",
    what: "10,000,000 parked on a receive",
    n: 10_000_000,
    variants: [{ name: "generators", load: async () => (await import("./memory.ts")).parked }],
    program: "parked",
    peers: [],
    go: false,
    atMost: 350,
    heap: 12_288,
    rounds: 1,
  },
  {
    name: "channel",
    what: "an idle unbuffered channel",
    n: 1_000_000,
    variants: [{ name: "channels", load: async () => (await import("./memory.ts")).channels }],
    program: "channel",
    peers: ["hand", "csp-ts", "medium"],
    go: true,
    heap: 4096,
    rounds: 3,
  },
];
