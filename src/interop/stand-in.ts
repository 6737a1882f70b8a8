/**
 * Performs operations on behalf of a stream: it waits in the place of the goroutine that a stream does not have, and can
 * be called off.
 *
 * Called off, an operation that has not happened never does: what a stream has no use for any more stays in the channel.
 * When the operation's run is over it fails, where an async function would wait for ever: behind the stream may be a
 * socket, whose other end waits too.
 */
import { chan } from "../chan/make.ts";
import type { Operation } from "../runtime/op.ts";
import { current } from "../runtime/proc.ts";
import { whenOver } from "../runtime/run-end.ts";
import { homeOf } from "../runtime/thing.ts";
import type { Op } from "../runtime/types.ts";
import { select } from "../select/select.ts";

export class StandIn {
  readonly #off = chan<never>();
  #reason: unknown = undefined;
  #stopped = false;

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Performs `op`. Rejects with what it throws, with the reason of `stop`, or because its run is over. */
  perform<T>(op: Op<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const p = homeOf(op as Operation<T>) ?? current();
      const forget = whenOver(p, () => reject(new Error("the run that the stream's channel was made in is over")));
      select([op, this.#off.recv()]).then(
        (s) => {
          forget();
          if (s.index === 0) resolve(s.value as T);
          else reject(this.#reason);
        },
        (error: unknown) => {
          forget();
          reject(error);
        },
      );
    });
  }

  /** Calls off what is under way. */
  stop(reason: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#reason = reason;
    this.#off.close();
  }
}
