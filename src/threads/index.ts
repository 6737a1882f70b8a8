/**
 * Goroutines on every core, and channels and locks between threads.
 *
 * @module millrace/threads
 */
import "../runtime/proc.ts"; // brings the default run along

export { parallel } from "./parallel.ts";
export type { ContextCarrier } from "./sched/carry.ts";
export {
  type NotSendable,
  type Parallel,
  type Registered,
  type Sendable,
  type SendableFunction,
  type SendableOptions,
  sendable,
} from "./sendable.ts";
export { serve } from "./serve.ts";
export { type SharedChan, type SharedChanOptions, sharedChan } from "./shared/chan.ts";
export { SharedMutex } from "./shared/mutex.ts";
export { SharedSemaphore } from "./shared/semaphore.ts";
export type { SharedOptions } from "./shared/shared.ts";
export { SharedWaitGroup } from "./shared/waitgroup.ts";
export type { Hog } from "./sysmon/monitor.ts";
export { type ThreadOptions, threads } from "./threads.ts";
export type { Codec } from "./values/codec.ts";
