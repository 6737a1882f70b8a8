import type { Group, TimedWorkload } from "../workload.ts";

export const tasks: Group<TimedWorkload> = {
  title: "Tasks on two threads",
  workloads: [
    {
      name: "fib",
      what: "200 × fib(27), in all",
      n: 200,
      unit: "ms",
      threads: true,
      variants: [
        { name: "1 thread", load: async () => (await import("../millrace/tasks.ts")).fibOn1 },
        {
          name: "2 threads",
          load: async () => (await import("../millrace/tasks.ts")).fibOn2,
          target: { atMost: 1 / 1.9, of: "1 thread" },
        },
      ],
    },
    {
      name: "tasks",
      what: "100,000 that do nothing, all at once, per task",
      n: 100_000,
      unit: "µs",
      threads: true,
      variants: [
        {
          name: "joined",
          load: async () => (await import("../millrace/tasks.ts")).joined,
          target: { atMost: 0.67, of: "postMessage", belowPeers: true },
        },
        {
          name: "not joined",
          load: async () => (await import("../millrace/tasks.ts")).forgotten,
          target: { atMost: 0.17, of: "postMessage" },
        },
      ],
    },
    {
      name: "tasks-in-turn",
      what: "the same one after another, per task",
      n: 10_000,
      unit: "µs",
      threads: true,
      variants: [{ name: "joined", load: async () => (await import("../millrace/tasks.ts")).inTurn }],
    },
  ],
};
