/** A source that ends with a context or a done channel. */

import { CLOSED } from "../chan/closed.ts";
import type { RecvChan } from "../chan/types.ts";
import type { Context } from "../context/types.ts";
import { unexpected } from "../runtime/args.ts";
import { NO } from "../runtime/op.ts";
import { Merge } from "./merge.ts";
import { type Inlet, inletOf, type Source } from "./source.ts";
import type { Stream } from "./stream.ts";

/** Ends when anything comes from a channel, as Go's done channels do. */
class UntilDone<T> extends Merge<T> {
  readonly #quit: Inlet;

  constructor(quit: Inlet, inlet: Inlet<T>) {
    super("orDone", [inlet], {});
    this.#quit = this.listen(quit);
  }

  protected override poll(): T | NO | typeof CLOSED {
    return this.#quit.take() === NO ? super.poll() : CLOSED;
  }

  protected override keep(inlet: Inlet, value: unknown): void {
    if (inlet === this.#quit) this.stop();
    else super.keep(inlet, value);
  }
}

/**
 * The values of a source until it ends or a context is done: what Go writes as `for { select { case <-done … } }`.
 *
 * The channel closes when the source has ended or `done` is done, whichever is first; values that the source has then are
 * left in it.
 * Source: https://go.dev/blog/pipelines
 *
 * @param done a context, or a channel that is closed or sends to say that it is over
 * @param source a channel, an iterable or an async iterable
 * @throws ArgumentError when they are not these
 *
 * @example
 * ```ts
 * import { chan, range, run } from "millrace";
 * import { background, withTimeout } from "millrace/context";
 * import { orDone } from "millrace/patterns";
 * await run(function* () {
 *   const [ctx, cancel] = withTimeout(background(), 5);
 *   const never = chan<number>();
 *   for (const r = range(orDone(ctx, never)); yield* r.next(); ) console.log(r.value);
 *   console.log(ctx.err()?.message); // context deadline exceeded
 *   cancel();
 * });
 * ```
 */
export function orDone<T>(done: Context | RecvChan<unknown, unknown>, source: Source<T>): Stream<T> {
  const inlet = inletOf<T>("orDone", source);
  const { recvOk, done: of } = (done ?? {}) as { recvOk?: unknown; done?: unknown };
  if (typeof recvOk === "function") return new UntilDone(inletOf("orDone", done as RecvChan<unknown>), inlet);
  if (typeof of === "function") return new Merge("orDone", [inlet], { ctx: done as Context });
  throw unexpected("orDone", "a context or a channel", done);
}
