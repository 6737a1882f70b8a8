/**
 * Each option may be given as `undefined`, which is the same as to leave it out, also for programs that compile with
 * `exactOptionalPropertyTypes`, as these tests are. Compiled by compile.test.ts, which looks that no type of options is missing.
 */
import type { ChanOptions, RunOptions, SelectOptions } from "millrace";
import type { InspectOptions } from "millrace/inspector";
import type { EventOptions, ReadableOptions, SourceOptions } from "millrace/interop";
import type {
  BatchOptions,
  BroadcastOptions,
  DebounceOptions,
  JobOptions,
  MapOptions,
  PoolHooks,
  PoolOptions,
  RetryOptions,
  StreamOptions,
  ThrottleOptions,
} from "millrace/patterns";
import type { CompileOptions, PluginOptions, ViteOptions } from "millrace/plugin";
import type { ProfilerOptions } from "millrace/pprof";
import type {
  CallOptions,
  DrainOptions,
  FleetOptions,
  HandleOptions,
  MemoryOptions,
  NackOptions,
  QueueOptions,
  RemoteChanOptions,
  SendOptions,
  ServeOptions,
  WireOptions,
  WorkOptions,
} from "millrace/remote";
import type { RedisOptions } from "millrace/remote/redis";
import type { LockOptions, NameOptions, SometimesOptions, WindowOptions } from "millrace/sync";
import type { BubbleOptions, ExploreOptions, LeakOptions, RaceOptions } from "millrace/testing";
import type { SendableOptions, SharedChanOptions, SharedOptions, ThreadOptions } from "millrace/threads";
import type { FlightRecorderOptions, TraceOptions } from "millrace/trace";
import { expectType } from "./equal.ts";

/** `O` with `undefined` for each option that may be left out. */
type Undefined<O> = { readonly [K in keyof O]-?: object extends Pick<O, K> ? undefined : O[K] };
type Takes<O> = Undefined<O> extends O ? true : false;

expectType<Takes<ChanOptions<number>>>();
expectType<Takes<RunOptions>>();
expectType<Takes<SelectOptions>>();
expectType<Takes<InspectOptions>>();
expectType<Takes<EventOptions>>();
expectType<Takes<ReadableOptions>>();
expectType<Takes<SourceOptions>>();
expectType<Takes<BatchOptions>>();
expectType<Takes<BroadcastOptions>>();
expectType<Takes<DebounceOptions>>();
expectType<Takes<JobOptions>>();
expectType<Takes<MapOptions>>();
expectType<Takes<PoolHooks>>();
expectType<Takes<PoolOptions>>();
expectType<Takes<RetryOptions>>();
expectType<Takes<StreamOptions>>();
expectType<Takes<ThrottleOptions>>();
expectType<Takes<CompileOptions>>();
expectType<Takes<PluginOptions>>();
expectType<Takes<ViteOptions>>();
expectType<Takes<CallOptions>>();
expectType<Takes<DrainOptions>>();
expectType<Takes<FleetOptions>>();
expectType<Takes<HandleOptions<number>>>();
expectType<Takes<MemoryOptions>>();
expectType<Takes<NackOptions>>();
expectType<Takes<QueueOptions<number>>>();
expectType<Takes<RemoteChanOptions<number>>>();
expectType<Takes<SendOptions>>();
expectType<Takes<ServeOptions>>();
expectType<Takes<WireOptions<number>>>();
expectType<Takes<WorkOptions>>();
expectType<Takes<RedisOptions>>();
expectType<Takes<LockOptions>>();
expectType<Takes<NameOptions>>();
expectType<Takes<SometimesOptions>>();
expectType<Takes<WindowOptions>>();
expectType<Takes<BubbleOptions>>();
expectType<Takes<ExploreOptions>>();
expectType<Takes<LeakOptions>>();
expectType<Takes<RaceOptions>>();
expectType<Takes<SharedChanOptions<number, number>>>();
expectType<Takes<SharedOptions>>();
expectType<Takes<ThreadOptions>>();
expectType<Takes<FlightRecorderOptions>>();
expectType<Takes<TraceOptions>>();
expectType<Takes<ProfilerOptions>>();
expectType<Takes<SendableOptions<object>>>();

// What is looked for: an option that may be left out, and not be undefined.
// @ts-expect-error
expectType<Takes<{ readonly timeout?: number }>>();
