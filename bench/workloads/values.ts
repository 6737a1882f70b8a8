import type { Group, TimedWorkload } from "../workload.ts";

export const values: Group<TimedWorkload> = {
  title: "Values between two threads",
  workloads: [
    {
      name: "numbers",
      what: "numbers one way, one by one",
      n: 200_000,
      unit: "ns",
      threads: true,
      variants: [
        {
          name: "sharedChan",
          load: async () => (await import("../millrace/values.ts")).numbers,
          target: { atMost: 0.33, of: "postMessage", belowPeers: true },
        },
      ],
    },
    {
      name: "numbers-packed",
      what: "the same by the hundred, per number",
      n: 200_000,
      unit: "ns",
      threads: true,
      variants: [
        {
          name: "sharedChan",
          load: async () => (await import("../millrace/values.ts")).numbersPacked,
          target: { atMost: 1.5, of: "postMessage" },
        },
      ],
    },
    {
      name: "objects",
      what: "{ id, name } one way, one by one",
      n: 100_000,
      unit: "ns",
      threads: true,
      variants: [
        {
          name: "sharedChan",
          load: async () => (await import("../millrace/values.ts")).objects,
          target: { atMost: 0.5, of: "postMessage", belowPeers: true },
        },
      ],
    },
    {
      name: "objects-packed",
      what: "the same by the hundred, per object",
      n: 100_000,
      unit: "ns",
      threads: true,
      variants: [
        {
          name: "sharedChan",
          load: async () => (await import("../millrace/values.ts")).objectsPacked,
          target: { atMost: 1, of: "postMessage" },
        },
      ],
    },
    {
      name: "round-trip",
      what: "a number there and back",
      n: 10_000,
      unit: "µs",
      threads: true,
      variants: [
        {
          name: "sharedChan",
          load: async () => (await import("../millrace/values.ts")).roundTrip,
          target: { atMost: 1, of: "postMessage" },
        },
      ],
    },
  ],
};
