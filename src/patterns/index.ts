/**
 * What concurrent programs are made of, ready to use: pools, fan-in, fan-out, pipelines, pacing, retries.
 *
 * @module millrace/patterns
 */
export type { NameOptions } from "../runtime/named.ts";
export type { Elsewhere } from "./anywhere.ts";
export { type BatchOptions, batch } from "./batch.ts";
export { type BroadcastOptions, broadcast } from "./broadcast.ts";
export { type DebounceOptions, debounce } from "./debounce.ts";
export { distribute } from "./distribute.ts";
export { generate } from "./generate.ts";
export type { Job } from "./job.ts";
export type { JobOptions } from "./job-options.ts";
export { mapConcurrent } from "./map-concurrent.ts";
export { mapStream } from "./map-stream.ts";
export type { MapOptions, Progress } from "./mapping.ts";
export { merge } from "./merge.ts";
export { orDone } from "./or-done.ts";
export type { PacedStream } from "./paced.ts";
export { pipeline, type Stage } from "./pipeline.ts";
export type { PoolHooks, PoolOptions } from "./pool-state.ts";
export type { Rate } from "./rate-gate.ts";
export { type Retry, type RetryOptions, retry } from "./retry.ts";
export type { Source, SourceValue } from "./source.ts";
export type { Stream, StreamOptions } from "./stream.ts";
export { type ThrottleOptions, throttle } from "./throttle.ts";
export { WorkerPool } from "./worker-pool.ts";
