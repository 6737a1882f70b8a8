import { type Group, overGo, overHand, type TimedWorkload } from "../workload.ts";

export const channels: Group<TimedWorkload> = {
  title: "Channels and goroutines",
  workloads: [
    {
      name: "hand-off",
      what: "unbuffered, one sender, one receiver",
      n: 1_000_000,
      unit: "ns",
      variants: [
        {
          name: "generators",
          load: async () => (await import("../millrace/hand-off.ts")).handOff,
          target: overGo(0.6),
        },
        { name: "await", load: async () => (await import("../millrace/hand-off.ts")).handOffAwait, target: overHand },
      ],
    },
    {
      name: "buffered",
      what: "the same with room for 1024",
      n: 2_000_000,
      unit: "ns",
      variants: [
        {
          name: "generators",
          load: async () => (await import("../millrace/buffered.ts")).buffered,
          target: overGo(0.8),
        },
        { name: "await", load: async () => (await import("../millrace/buffered.ts")).bufferedAwait, target: overHand },
      ],
    },
    {
      name: "select-2",
      what: "one receiver selects over 2 senders",
      n: 500_000,
      unit: "ns",
      variants: [
        { name: "inline", load: async () => (await import("../millrace/select.ts")).select2, target: overGo(0.8) },
        {
          name: "made once",
          load: async () => (await import("../millrace/select.ts")).select2Hoisted,
          target: overGo(0.8),
        },
      ],
    },
    {
      name: "select-16",
      what: "one receiver selects over 16 senders",
      n: 320_000,
      unit: "ns",
      variants: [
        { name: "inline", load: async () => (await import("../millrace/select.ts")).select16, target: overGo(0.3) },
        {
          name: "made once",
          load: async () => (await import("../millrace/select.ts")).select16Hoisted,
          target: overGo(0.3),
        },
      ],
    },
    {
      name: "ring",
      what: "a ring of 1000, per hop",
      n: 1_000_000,
      unit: "ns",
      variants: [
        { name: "generators", load: async () => (await import("../millrace/ring.ts")).ring, target: overGo(0.6) },
      ],
    },
    {
      name: "sieve",
      what: "the first 1000 primes",
      n: 1000,
      unit: "ms",
      whole: true,
      variants: [
        { name: "generators", load: async () => (await import("../millrace/sieve.ts")).sieve, target: overGo(0.8) },
      ],
    },
    {
      name: "spawn-1e5",
      what: "start 100,000 that each send once",
      n: 100_000,
      unit: "ns",
      whole: true,
      program: "spawn",
      variants: [
        { name: "generators", load: async () => (await import("../millrace/spawn.ts")).spawn, target: overGo(0.4) },
      ],
    },
    {
      name: "spawn-1e6",
      what: "start 1,000,000 that each send once",
      n: 1_000_000,
      unit: "ns",
      whole: true,
      program: "spawn",
      variants: [
        { name: "generators", load: async () => (await import("../millrace/spawn.ts")).spawn, target: overGo(0.4) },
      ],
    },
  ],
};
