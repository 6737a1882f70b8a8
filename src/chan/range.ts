/** Receiving until a channel is closed: Go's `for v := range ch`. */
import { unexpected } from "../runtime/args.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Source, TranslatedRecv } from "./translated.ts";
import type { RecvChan } from "./types.ts";

/** A loop over a channel. */
export interface Range<out T> {
  /** Receives the next value. Blocks like a receive; `false` once the channel is closed and drained, for ever on a nil channel. */
  next(): Op<boolean>;
  /** What `next` received last. */
  readonly value: T;
}

class ChanRange implements Range<unknown> {
  value: unknown = undefined;
  readonly #next: Op<boolean>;

  constructor(ch: Source) {
    this.#next = new TranslatedRecv(ch, (value, ok) => {
      this.value = ok ? value : undefined;
      return ok;
    });
  }

  next(): Op<boolean> {
    return made(this.#next);
  }
}

/**
 * A loop over the values of a channel, until it is closed and drained.
 *
 * `for (const r = range(ch); yield* r.next(); ) use(r.value)`. In async code, `for await (const v of ch)` does the same.
 * Source: https://go.dev/ref/spec#For_range
 *
 * @param ch the channel to receive from, until it is closed and drained
 * @throws ArgumentError when `ch` is no channel
 *
 * @example
 * ```ts
 * import { chan, range, run } from "millrace";
 * await run(function* () {
 *   const ch = chan<number>(2);
 *   yield* ch.send(10);
 *   yield* ch.send(20);
 *   ch.close();
 *   for (const r = range(ch); yield* r.next(); ) console.log(r.value); // 10, then 20
 * });
 * ```
 */
export function range<T>(ch: RecvChan<T, unknown>): Range<T> {
  if (typeof (ch as Partial<RecvChan<T>> | null | undefined)?.recvOk !== "function") {
    throw unexpected("range", "a channel", ch);
  }
  if ("take" in ch) return new ChanRange(ch as RecvChan<T, unknown> & Source) as Range<unknown> as Range<T>;
  // The nil channel: it never gives a value.
  return { next: () => ch.recv() as Op<never>, value: undefined as never };
}
