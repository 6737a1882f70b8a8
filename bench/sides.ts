/**
 * Who takes part besides Millrace, and in what. A side's file gives its programs by their names; it is read only in the
 * process that measures it, and what is in peers/ can be read only once its packages are installed.
 */
import type { ChannelName, LockName, Name, SelectName } from "./program.ts";

export interface Side {
  readonly name: string;
  /** `hand` is what one writes oneself, `host` what Node has. */
  readonly kind: "go" | "hand" | "host" | "package";
  /** In this folder; in Go, what follows the program's name. */
  readonly file: string;
  readonly programs: readonly Name[];
}

const CHANNELS: readonly ChannelName[] = [
  "hand-off",
  "buffered",
  "spawn",
  "ring",
  "sieve",
  "parked",
  "parked-own",
  "channel-memory",
];
const SELECTS: readonly SelectName[] = ["select-2", "select-16"];
const LOCKS: readonly LockName[] = ["mutex", "mutex-contended"];
const TASKS: readonly Name[] = ["fib", "tasks", "tasks-in-turn"];
const ONE_BY_ONE: readonly Name[] = ["numbers", "objects"];
const PACKED: readonly Name[] = ["numbers-packed", "objects-packed"];
const CONTEXTS: readonly Name[] = ["context", "context-tree", "context-memory"];
const TIMERS: readonly Name[] = ["timer-stop", "timer-batch", "timer-fire", "sleepers", "timer-memory"];
const IN_GO: readonly Name[] = ["mutex-memory", "semaphore", "waitgroup", "waitgroup-memory"];
const POOLS: readonly Name[] = ["pool", "pool-submit"];

function npm(name: string, file: string, ...programs: readonly Name[]): Side {
  return { name, kind: "package", file: `peers/${file}.ts`, programs };
}

export const sides: readonly Side[] = [
  {
    name: "Go",
    kind: "go",
    file: "",
    programs: [
      ...CHANNELS,
      ...SELECTS,
      ...LOCKS,
      ...IN_GO,
      ...POOLS,
      ...TIMERS,
      ...CONTEXTS,
      ...TASKS,
      ...ONE_BY_ONE,
      ...PACKED,
      "round-trip",
    ],
  },
  { name: "Go, a pool of 2", kind: "go", file: "-pool", programs: ["tasks"] },
  { name: "Go, each on a thread of its own", kind: "go", file: "-locked", programs: ["round-trip"] },
  {
    name: "hand-written",
    kind: "hand",
    file: "promises/hand.ts",
    programs: [...CHANNELS, ...SELECTS, ...LOCKS, "mutex-memory", "semaphore"],
  },
  { name: "ring in shared memory", kind: "hand", file: "promises/shared-ring.ts", programs: ["numbers"] },
  { name: "setTimeout", kind: "host", file: "promises/set-timeout.ts", programs: TIMERS },
  {
    name: "node:timers/promises",
    kind: "host",
    file: "promises/timers-promises.ts",
    programs: ["timer-batch", "sleepers"],
  },
  { name: "AbortController", kind: "host", file: "promises/abort.ts", programs: CONTEXTS },
  { name: "no other thread", kind: "host", file: "promises/no-thread.ts", programs: ["fib"] },
  {
    name: "postMessage",
    kind: "host",
    file: "promises/post-message.ts",
    programs: [...TASKS, ...ONE_BY_ONE, ...PACKED, "round-trip"],
  },
  { name: "Atomics.wait", kind: "host", file: "promises/atomics.ts", programs: ["round-trip"] },

  npm("@nodeguy/channel", "nodeguy", ...CHANNELS, ...SELECTS),
  npm("@thi.ng/csp", "thi-ng", ...CHANNELS, ...SELECTS, "sleepers"),
  npm("async-csp", "async-csp", ...CHANNELS),
  npm("chan", "chan", ...CHANNELS, ...SELECTS),
  npm("csp-ts", "csp-ts", ...CHANNELS),
  npm(
    "effect",
    "effect",
    ...CHANNELS,
    ...SELECTS,
    ...LOCKS,
    "mutex-memory",
    "semaphore",
    "pool",
    "timer-batch",
    "sleepers",
  ),
  npm("effection", "effection", ...CHANNELS, ...SELECTS, "timer-batch", "sleepers"),
  npm("js-csp", "js-csp", ...CHANNELS, ...SELECTS, "sleepers"),
  npm("medium", "medium", ...CHANNELS, ...SELECTS),
  npm("ts-chan", "ts-chan", ...CHANNELS, ...SELECTS),

  npm("async", "async", ...POOLS),
  npm("async-mutex", "async-mutex", ...LOCKS, "mutex-memory", "semaphore"),
  npm("fastq", "fastq", "pool-submit"),
  npm("p-limit", "p-limit", "semaphore", ...POOLS),
  npm("p-map", "p-map", "pool"),
  npm("p-queue", "p-queue", "pool-submit"),
  npm("rxjs", "rxjs", "pool", ...TIMERS),

  npm("comlink", "comlink", ...TASKS, "round-trip"),
  npm("multithreading", "multithreading", ...TASKS, ...ONE_BY_ONE, "round-trip", ...LOCKS, "mutex-memory"),
  npm("piscina", "piscina", ...TASKS),
  npm("poolifier", "poolifier", ...TASKS),
  npm("synckit", "synckit", "round-trip"),
  npm("threads", "threads", ...TASKS),
  npm("tinypool", "tinypool", ...TASKS),
  npm("workerpool", "workerpool", ...TASKS),
];
