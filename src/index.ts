/**
 * Goroutines, channels and select. Everything else stands on these.
 *
 * @module millrace
 */

export { type ChanOptions, chan } from "./chan/make.ts";
export { nilChan } from "./chan/nil.ts";
export { type Range, range } from "./chan/range.ts";
export type { Chan, Channel, Received, RecvChan, SendChan, TryReceived } from "./chan/types.ts";
export { type Runtime, runtime } from "./runtime/api.ts";
export { defer } from "./runtime/defer.ts";
export { type Listener, listen, type RuntimeEvent } from "./runtime/events.ts";
export type { RunOptions } from "./runtime/options.ts";
export {
  ArgumentError,
  type Code,
  DeadlockError,
  type FatalCode,
  FatalError,
  Goexit,
  LeakError,
  NotInGoroutineError,
  Panic,
  type PanicCode,
  RunEndedError,
} from "./runtime/panic.ts";
export { wait } from "./runtime/promise.ts";
export { go, main, type Result, run } from "./runtime/run.ts";
export type {
  Go,
  Goroutine,
  GoroutineInfo,
  Op,
  PanicHandler,
  PanickedGoroutine,
  Parked,
  ThreadsInfo,
  WaitReason,
} from "./runtime/types.ts";
export {
  type Case,
  type Cases,
  type Selected,
  type SelectedIndex,
  type SelectOptions,
  select,
} from "./select/select.ts";
