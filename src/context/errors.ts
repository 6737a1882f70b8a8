/**
 * Why a context was cancelled: one of two sentinel errors, compared by identity. Go's texts; the names are the platform's,
 * so that code which knows an aborted `fetch` by its `AbortError` knows these too.
 */
function sentinel(name: string, message: string): Error {
  const error = new Error(message);
  // Where it was made says nothing.
  const stack = `${name}: ${message}`;
  for (const [key, value] of Object.entries({ name, stack })) Object.defineProperty(error, key, { value });
  return Object.freeze(error);
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
