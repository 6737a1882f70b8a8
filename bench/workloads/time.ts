import { type Group, overGoAndPeers, type TimedWorkload } from "../workload.ts";

export const time: Group<TimedWorkload> = {
  title: "Timers and contexts",
  workloads: [
    {
      name: "timer-stop",
      what: "set 100,000 timers and stop each at once",
      n: 100_000,
      unit: "ns",
      variants: [
        { name: "Timer", load: async () => (await import("../millrace/timers.ts")).timerStop, target: overGoAndPeers },
      ],
    },
    {
      name: "timer-batch",
      what: "set 100,000 timers, then stop all",
      n: 100_000,
      unit: "ns",
      variants: [{ name: "Timer", load: async () => (await import("../millrace/timers.ts")).timerBatch }],
    },
    {
      name: "timer-fire",
      what: "100,000 callbacks due in 1 to 100 ms, until the last ran",
      n: 100_000,
      unit: "ms",
      whole: true,
      variants: [{ name: "afterFunc", load: async () => (await import("../millrace/timers.ts")).timerFire }],
    },
    {
      name: "sleepers",
      what: "100,000 sleep 1 to 100 ms, until the last woke",
      n: 100_000,
      unit: "ms",
      whole: true,
      variants: [
        { name: "generators", load: async () => (await import("../millrace/timers.ts")).sleepers },
        { name: "await", load: async () => (await import("../millrace/timers.ts")).sleepersAwait },
      ],
    },
    {
      name: "context",
      what: "derive 100,000 contexts with a timeout and cancel each",
      n: 100_000,
      unit: "ns",
      variants: [{ name: "contexts", load: async () => (await import("../millrace/context.ts")).contextCancel }],
    },
    {
      name: "context-tree",
      what: "a tree of 1,000,000 contexts, cancelled at its root",
      n: 1_000_000,
      unit: "ns",
      variants: [{ name: "contexts", load: async () => (await import("../millrace/context.ts")).contextTree }],
    },
  ],
};
