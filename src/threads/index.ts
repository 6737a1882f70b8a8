/**
 * Goroutines on every core, and channels and locks between threads.
 *
 * @module millrace/threads
 */
import "../runtime/proc.ts"; // brings the default run along

export type { Codec } from "./codec.ts";
export type { Hog } from "./monitor.ts";
export { parallel } from "./parallel.ts";
export type { NotSendable, Parallel, Sendable, SendableFunction } from "./sendable.ts";
export { serve } from "./serve.ts";
export type { SharedOptions } from "./shared.ts";
export { type SharedChan, type SharedChanOptions, sharedChan } from "./shared-chan.ts";
export { SharedMutex } from "./shared-mutex.ts";
export { SharedSemaphore } from "./shared-semaphore.ts";
export { SharedWaitGroup } from "./shared-waitgroup.ts";
export { type ThreadOptions, threads } from "./threads.ts";
