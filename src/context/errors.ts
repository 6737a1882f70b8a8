/**
 * Why a context was cancelled: one of two sentinel errors, compared by identity. Go's texts; the names are the platform's,
 * so that code which knows an aborted `fetch` by its `AbortError` knows these too.
 */
import { placeless } from "../runtime/rejection.ts";

function sentinel(name: string, message: string): Error {
  const error = new Error(message);
  // Where it was made says nothing.
  error.stack = `${name}: ${message}`;
  // Not frozen: Node's fetch writes the stack of the reason that a signal gives it, and fails if it can't.
  for (const [key, value] of Object.entries({ name, message })) {
    Object.defineProperty(error, key, { value, writable: false, configurable: false });
  }
  return placeless(error);
}

/**
 * What `err()` gives after a context was cancelled. Its `name` is `AbortError`.
 * Source: https://pkg.go.dev/context#Canceled
 *
 * @example
 * ```ts
 * import { background, Canceled, withCancel } from "millrace/context";
 * const [ctx, cancel] = withCancel(background());
 * cancel();
 * console.log(ctx.err() === Canceled, Canceled.message); // true context canceled
 * ```
 */
export const Canceled: Error = sentinel("AbortError", "context canceled");

/**
 * What `err()` gives after a context's deadline has passed. Its `name` is `TimeoutError`.
 * Source: https://pkg.go.dev/context#DeadlineExceeded
 *
 * @example
 * ```ts
 * import { background, DeadlineExceeded, withTimeout } from "millrace/context";
 * const [ctx] = withTimeout(background(), 0);
 * console.log(ctx.err() === DeadlineExceeded, DeadlineExceeded.message); // true context deadline exceeded
 * ```
 */
export const DeadlineExceeded: Error = sentinel("TimeoutError", "context deadline exceeded");

/**
 * The cause of a context that a signal of the process has cancelled. Its `message` is `SIGINT received`.
 * Source: https://pkg.go.dev/os/signal#NotifyContext
 *
 * @example
 * ```ts
 * import { constants } from "node:os";
 * import { SignalError } from "millrace/context";
 * const cause: unknown = new SignalError("SIGTERM"); // from `cause(ctx)`
 * if (cause instanceof SignalError) console.log(128 + (constants.signals[cause.signal as "SIGTERM"] ?? 0)); // 143
 * ```
 */
export class SignalError extends Error {
  /** Always the same, to compare with. */
  get code(): "SIGNAL" {
    return "SIGNAL";
  }

  override readonly name = "SignalError";
  /** The name of the signal that came. */
  readonly signal: string;

  constructor(signal: string) {
    super(`${signal} received`);
    this.signal = signal;
  }
}
