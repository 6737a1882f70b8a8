/**
 * Go's package `context`: cancellation, deadlines and values, across calls and goroutines.
 *
 * @module millrace/context
 */
export type { NameOptions } from "../runtime/named.ts";
export { afterFunc } from "./after-func.ts";
export { cause, fromSignal, withCancel, withCancelCause, withoutCancel } from "./cancel.ts";
export { withDeadline, withDeadlineCause, withTimeout, withTimeoutCause } from "./deadline.ts";
export { Canceled, DeadlineExceeded, SignalError } from "./errors.ts";
export { type Key, key } from "./key.ts";
export { notifyContext } from "./notify.ts";
export { background, todo } from "./roots.ts";
export type { CancelCauseFunc, CancelFunc, Context } from "./types.ts";
export { type ValueOf, withValue } from "./value.ts";
