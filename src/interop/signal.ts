/** A channel's end as the platform's `AbortSignal`. */
import type { RecvChan } from "../chan/types.ts";
import { checkChannel } from "./readable.ts";

/**
 * An `AbortSignal` that is aborted when a channel is closed, or gives a value, which is then the reason. For a context use
 * `ctx.signal`; for the way back, `context.fromSignal`.
 *
 * @param done a channel that somebody closes to say "stop"
 * @throws ArgumentError when it is no channel
 *
 * @example
 * ```ts
 * import { chan } from "millrace";
 * import { toSignal } from "millrace/interop";
 * const quit = chan<void>();
 * const signal = toSignal(quit);
 * signal.addEventListener("abort", () => console.log("stopping")); // stopping
 * quit.close();
 * ```
 */
export function toSignal(done: RecvChan<unknown, unknown>): AbortSignal {
  checkChannel("toSignal", done);
  const controller = new AbortController();
  done.recvOk().then(
    ([value, ok]) => controller.abort(ok ? value : undefined),
    (error: unknown) => controller.abort(error),
  );
  return controller.signal;
}
