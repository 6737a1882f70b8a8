/** The latest value, once no other has come for a while. */
import { Paced } from "./paced.ts";
import { type Inlet, inletOf, type Source } from "./source.ts";
import { checkMillis, type Stream, type StreamOptions } from "./stream.ts";

class Debounce<T> extends Paced<T> {
  readonly #quiet: number;
  #due = 0;

  constructor(inlet: Inlet<T>, quiet: number, options: StreamOptions) {
    super("debounce", inlet, options);
    this.#quiet = quiet;
  }

  protected override wants(now: number): boolean {
    this.#due = now + this.#quiet;
    return true;
  }

  protected override due(sourceEnded: boolean): number {
    return sourceEnded ? 0 : this.#due;
  }

  protected override gave(): void {}
}

/**
 * The latest value of a source, once no other has come for `quiet` milliseconds; those before it are dropped. It listens
 * to a channel all the time, so a value that was not received in time gives way to a later one.
 *
 * The channel closes when the source has ended, after its last value, which then need not be waited for, or at once when
 * the context is done. What the source throws ends it, and every receive throws it then.
 *
 * @param source a channel, an iterable or an async iterable, which is read while somebody receives
 * @param quiet milliseconds from 0 up
 * @param options `ctx`: stops the stream
 * @throws ArgumentError when they are not these
 *
 * @example
 * ```ts
 * import { chan, go, range, run } from "millrace";
 * import { debounce } from "millrace/patterns";
 * await run(function* () {
 *   const keys = chan<string>();
 *   go(function* () {
 *     for (const text of ["m", "mi", "mill"]) yield* keys.send(text);
 *     keys.close();
 *   });
 *   for (const r = range(debounce(keys, 10)); yield* r.next(); ) console.log(r.value); // mill
 * });
 * ```
 */
export function debounce<T>(source: Source<T>, quiet: number, options: StreamOptions = {}): Stream<T> {
  const inlet = inletOf<T>("debounce", source);
  return new Debounce(inlet, checkMillis("debounce", quiet), options).start();
}
