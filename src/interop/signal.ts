/** A channel's end as the platform's `AbortSignal`. */
import type { RecvChan } from "../chan/types.ts";
import { newAbortController } from "../runtime/host.ts";
import { checkChannel } from "./readable.ts";
import { StandIn } from "./stand-in.ts";

/** The signals that wait: one for a channel, or a server that makes one for each request would fill the channel's queue. */
const waiting = new WeakMap<RecvChan<unknown, unknown>, AbortSignal>();

/**
 * An `AbortSignal` that is aborted when a channel is closed, or gives a value, which is then the reason. For a context use
 * `ctx.signal`; for the way back, `context.fromSignal`.
 *
 * Until then a channel gives the same signal each time. It is aborted with what a receive throws, and when the channel's
 * run ends.
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
  let signal = waiting.get(done);
  if (signal === undefined) {
    const controller = newAbortController();
    signal = controller.signal;
    waiting.set(done, signal);
    const abort = (reason: unknown): void => {
      waiting.delete(done);
      controller.abort(reason);
    };
    new StandIn().perform(done.recvOk()).then(([value, ok]) => abort(ok ? value : undefined), abort);
  }
  return signal;
}
