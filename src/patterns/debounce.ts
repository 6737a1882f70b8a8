/** The latest value, once no other has come for a while. */
import { flag, millis } from "../runtime/args.ts";
import { ArgumentError } from "../runtime/panic.ts";
import { Paced, type PacedStream } from "./paced.ts";
import { type Inlet, inletOf, type Source } from "./source.ts";
import type { StreamOptions } from "./stream.ts";

/** Options of `debounce`. */
export interface DebounceOptions extends StreamOptions {
  /** Whether a value that comes after a quiet time is given at once. False by default. */
  readonly leading?: boolean | undefined;
  /** Whether the latest of the values that were not given at once is given when it is quiet again. True by default. */
  readonly trailing?: boolean | undefined;
  /** How long a source that is never quiet may keep a value back, in milliseconds from the first one on. For ever by default. */
  readonly maxWait?: number | undefined;
}

class Debounce<T> extends Paced<T> {
  readonly #quiet: number;
  readonly #leading: boolean;
  readonly #trailing: boolean;
  readonly #maxWait: number;
  #due = 0;
  /** Until then a value belongs to those before it. */
  #burst = -Infinity;
  /** When the first value came of those that were kept since one was given. */
  #since: number | null = null;

  constructor(inlet: Inlet<T>, quiet: number, options: DebounceOptions) {
    super("debounce", inlet, options);
    const { leading = false, trailing = true, maxWait = Infinity } = options;
    this.#quiet = quiet;
    this.#leading = flag("debounce: leading", leading);
    this.#trailing = flag("debounce: trailing", trailing);
    this.#maxWait = millis("debounce: maxWait", maxWait);
    if (!leading && !trailing)
      throw new ArgumentError("debounce: leading and trailing are false; one of them must be true");
  }

  protected override wants(now: number): boolean {
    const first = now >= this.#burst;
    this.#burst = now + this.#quiet;
    if (first && this.#leading) this.#due = now;
    else if (!this.#trailing) return false;
    else {
      this.#since ??= now;
      this.#due = Math.min(this.#burst, this.#since + this.#maxWait);
    }
    return true;
  }

  protected override due(sourceEnded: boolean): number {
    return sourceEnded ? 0 : this.#due;
  }

  protected override gave(): void {
    this.#since = null;
  }
}

/**
 * The latest value of a source, once no other has come for `quiet` milliseconds; those before it are dropped. It listens
 * to a channel all the time, so a value that was not received in time gives way to a later one.
 *
 * The channel closes when the source has ended, after its last value, which then need not be waited for, or at once when
 * the context is done. What the source throws ends it, and every receive throws it then. `flush` gives the value that is
 * kept without waiting, `cancel` drops it.
 *
 * @param source a channel, an iterable or an async iterable, which is read while somebody receives
 * @param quiet milliseconds from 0 up
 * @param options `leading`: also the first value, at once (false); `trailing`: the latest, when it is quiet (true); `maxWait`:
 *   milliseconds after which a value is given although it is never quiet; `ctx`: stops the stream
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
export function debounce<T>(source: Source<T>, quiet: number, options: DebounceOptions = {}): PacedStream<T> {
  const inlet = inletOf<T>("debounce", source);
  return new Debounce(inlet, millis("debounce", quiet), options).start();
}
