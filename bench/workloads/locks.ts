import { type Group, overGo, overGoAndPeers, overPeers, type TimedWorkload } from "../workload.ts";

export const locks: Group<TimedWorkload> = {
  title: "Locks and pools",
  workloads: [
    {
      name: "mutex",
      what: "lock and unlock, nobody else wants it",
      n: 1_000_000,
      unit: "ns",
      variants: [
        { name: "generators", load: async () => (await import("../millrace/mutex.ts")).uncontended, target: overPeers },
        { name: "await", load: async () => (await import("../millrace/mutex.ts")).uncontendedAwait, target: overPeers },
      ],
    },
    {
      name: "mutex-contended",
      what: "100 want it, each holds it over a switch",
      n: 500_000,
      unit: "ns",
      variants: [
        {
          name: "generators",
          load: async () => (await import("../millrace/mutex.ts")).contended,
          target: overGoAndPeers,
        },
        { name: "await", load: async () => (await import("../millrace/mutex.ts")).contendedAwait, target: overPeers },
      ],
    },
    {
      name: "semaphore",
      what: "100 want one of 10 places, each holds it over a switch",
      n: 500_000,
      unit: "ns",
      variants: [
        {
          name: "generators",
          load: async () => (await import("../millrace/semaphore.ts")).semaphore,
          target: overGoAndPeers,
        },
        {
          name: "await",
          load: async () => (await import("../millrace/semaphore.ts")).semaphoreAwait,
          target: overPeers,
        },
      ],
    },
    {
      name: "waitgroup",
      what: "start 1000 and wait for them, per goroutine",
      n: 500_000,
      unit: "ns",
      variants: [
        {
          name: "add and done",
          load: async () => (await import("../millrace/waitgroup.ts")).addDone,
          target: overGo(1),
        },
        { name: "wg.go", load: async () => (await import("../millrace/waitgroup.ts")).wgGo },
      ],
    },
    {
      name: "pool",
      what: "10 workers go through a list of jobs that do nothing, per job",
      n: 200_000,
      unit: "ns",
      variants: [
        {
          name: "mapConcurrent, generators",
          load: async () => (await import("../millrace/pool.ts")).mapGenerators,
          target: overGoAndPeers,
        },
        {
          name: "mapConcurrent, await",
          load: async () => (await import("../millrace/pool.ts")).mapAsync,
          target: overPeers,
        },
      ],
    },
    {
      name: "pool-submit",
      what: "all jobs submitted at once, 10 are done at a time, per job",
      n: 200_000,
      unit: "ns",
      variants: [
        {
          name: "submit and join",
          load: async () => (await import("../millrace/pool.ts")).poolSubmit,
          target: overGoAndPeers,
        },
        {
          name: "run, a goroutine each",
          load: async () => (await import("../millrace/pool.ts")).poolGo,
          target: overGoAndPeers,
        },
        { name: "run, await", load: async () => (await import("../millrace/pool.ts")).poolRun, target: overPeers },
      ],
    },
  ],
};
