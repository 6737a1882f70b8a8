/** All workloads, in the order of the report. */
import type { Group, MemoryWorkload, TableWorkload, TimedWorkload } from "./workload.ts";
import { channels } from "./workloads/channels.ts";
import { locks } from "./workloads/locks.ts";
import { memory } from "./workloads/memory.ts";
import { tasks } from "./workloads/tasks.ts";
import { time } from "./workloads/time.ts";
import { values } from "./workloads/values.ts";

export const timed: readonly Group<TimedWorkload>[] = [channels, locks, time, tasks, values];

export const weighed: Group<MemoryWorkload> = memory;

export const tables: readonly TableWorkload[] = [
  { name: "nodes", title: "On each Node, beside Go", file: "tables/nodes.ts" },
  { name: "thread", title: "One more thread", file: "tables/thread.ts" },
  { name: "codec", title: "Values as bytes", file: "tables/codec.ts" },
  { name: "lateness", title: "How late sleepers wake", file: "tables/lateness.ts" },
  { name: "interop", title: "Streams through channels", file: "tables/interop.ts" },
  { name: "limits", title: "Beside what limits promises", file: "tables/limits.ts" },
  { name: "scale", title: "From a thousand to a million", file: "tables/scale.ts" },
  { name: "scopes", title: "Goroutines and AsyncLocalStorage", file: "tables/scopes.ts" },
  { name: "redis", title: "Messages over Redis", file: "tables/redis.ts" },
  { name: "explore", title: "Schedules a second", file: "tables/explore.ts" },
];
