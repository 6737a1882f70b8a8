import type { Group, MemoryWorkload } from "../workload.ts";

const HEAP = 4096;

export const memory: Group<MemoryWorkload> = {
  title: "Memory",
  workloads: [
    {
      name: "parked-1e5",
      what: "100,000 parked on a receive",
      n: 100_000,
      program: "parked",
      variants: [{ name: "generators", load: async () => (await import("../millrace/memory.ts")).parked }],
      heap: HEAP,
    },
    {
      name: "parked-own-1e5",
      what: "100,000 parked, a channel each",
      n: 100_000,
      program: "parked-own",
      variants: [{ name: "generators", load: async () => (await import("../millrace/memory.ts")).parkedOwn }],
      heap: HEAP,
    },
    {
      name: "parked-1e6",
      what: "1,000,000 parked on a receive",
      n: 1_000_000,
      program: "parked",
      variants: [{ name: "generators", load: async () => (await import("../millrace/memory.ts")).parked }],
      atMost: 350,
      heap: HEAP,
    },
    {
      name: "parked-1e7",
      what: "10,000,000 parked on a receive",
      n: 10_000_000,
      program: "parked",
      variants: [{ name: "generators", load: async () => (await import("../millrace/memory.ts")).parked }],
      alone: true,
      atMost: 350,
      heap: 12_288,
    },
    {
      name: "channel",
      what: "a channel that nobody uses, unbuffered",
      n: 1_000_000,
      program: "channel-memory",
      variants: [{ name: "chan", load: async () => (await import("../millrace/memory.ts")).channels }],
      heap: HEAP,
    },
    {
      name: "timer",
      what: "a timer that runs",
      n: 1_000_000,
      program: "timer-memory",
      variants: [{ name: "afterFunc", load: async () => (await import("../millrace/memory.ts")).timers }],
      heap: HEAP,
    },
    {
      name: "context-idle",
      what: "a context that can be cancelled, with a parent",
      n: 300_000,
      program: "context-memory",
      variants: [{ name: "withCancel", load: async () => (await import("../millrace/memory.ts")).contexts }],
      heap: HEAP,
    },
    {
      name: "mutex-idle",
      what: "a free mutex",
      n: 1_000_000,
      program: "mutex-memory",
      variants: [{ name: "Mutex", load: async () => (await import("../millrace/memory.ts")).mutexes }],
      heap: HEAP,
    },
    {
      name: "waitgroup-idle",
      what: "a wait group of nobody",
      n: 1_000_000,
      program: "waitgroup-memory",
      variants: [{ name: "WaitGroup", load: async () => (await import("../millrace/memory.ts")).waitGroups }],
      heap: HEAP,
    },
  ],
};
