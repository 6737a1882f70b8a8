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
 * The channel closes when the source has ended or `until` is done, whichever is first; values that the source has then are
 * left in it.
 * Source: https://go.dev/blog/pipelines
 *
 * @param source a channel, an iterable or an async iterable
 * @param until a context, or `{ done }`: a channel that is closed or sends to say that it is over
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
 *   for (const r = range(orDone(never, ctx)); yield* r.next(); ) console.log(r.value);
 *   console.log(ctx.err()?.message); // context deadline exceeded
 *   cancel();
 * });
 * ```
 */
export function orDone<T>(source: Source<T>, until: Context | { readonly done: RecvChan<unknown, unknown> }): Stream<T>;
/**
 * @param done a context or a channel
 * @param source a channel, an iterable or an async iterable
 *
 * @deprecated The source comes first: `orDone(source, ctx)`, `orDone(source, { done: channel })`.
 */
export function orDone<T>(done: Context | RecvChan<unknown, unknown>, source: Source<T>): Stream<T>;
export function orDone<T>(first: unknown, second: unknown): Stream<T> {
  const [source, until] = isContext(second) || isChan(doneOf(second)) ? [first, second] : [second, first];
  const inlet = inletOf<T>("orDone", source as Source<T>);
  if (isContext(until)) return new Merge("orDone", [inlet], { ctx: until });
  const done = until === second ? doneOf(until) : until;
  if (isChan(done)) return new UntilDone(inletOf("orDone", done), inlet);
  throw unexpected("orDone", "a context or a channel", until);
}

const doneOf = (until: unknown): unknown => (until as { readonly done?: unknown } | null | undefined)?.done;

const isContext = (until: unknown): until is Context => typeof doneOf(until) === "function";

const isChan = (done: unknown): done is RecvChan<unknown> =>
  typeof (done as Partial<RecvChan<unknown>> | null | undefined)?.recvOk === "function";
