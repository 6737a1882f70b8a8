/** At most one value in a while. */
import { ArgumentError, show } from "../runtime/panic.ts";
import { Paced } from "./paced.ts";
import { type Inlet, inletOf, type Source } from "./source.ts";
import { checkMillis, type Stream, type StreamOptions } from "./stream.ts";

/** Options of `throttle`. */
export interface ThrottleOptions extends StreamOptions {
  /** Whether the latest of the values that came too early is given when the time is up. True by default. */
  readonly trailing?: boolean | undefined;
}

class Throttle<T> extends Paced<T> {
  readonly #apart: number;
  readonly #trailing: boolean;
  /** When the next value may go out. */
  #next = -Infinity;

  constructor(inlet: Inlet<T>, apart: number, options: ThrottleOptions) {
    super("throttle", inlet, options);
    this.#apart = apart;
    const { trailing = true } = options;
    if (typeof trailing !== "boolean") {
      throw new ArgumentError(`throttle: trailing: expected true or false, got ${show(trailing)}`);
    }
    this.#trailing = trailing;
  }

  protected override wants(now: number): boolean {
    return this.#trailing || now >= this.#next;
  }

  protected override due(): number {
    return this.#next;
  }

  protected override gave(now: number): void {
    this.#next = now + this.#apart;
  }
}

/**
 * At most one value of a source in `apart` milliseconds: the first at once, then the latest that came meanwhile; those
 * before it are dropped. It listens to a channel all the time. (To delay events instead of dropping them, use a `Limiter`.)
 *
 * The channel closes when the source has ended, after its last value at its time, or at once when the context is done.
 * What the source throws ends it, and every receive throws it then.
 *
 * @param source a channel; an iterable, which is asked for a value when one may go out; or an async iterable, which is read
 *   while somebody receives
 * @param apart milliseconds from 0 up
 * @param options `trailing`: whether the latest value that came too early is given; `ctx`: stops the stream
 * @throws ArgumentError when they are not these
 *
 * @example
 * ```ts
 * import { range, run } from "millrace";
 * import { throttle } from "millrace/patterns";
 * await run(function* () {
 *   // The second comes 5 ms after the first.
 *   for (const r = range(throttle(["a", "b"], 5)); yield* r.next(); ) console.log(r.value); // a, then b
 * });
 * ```
 */
export function throttle<T>(source: Source<T>, apart: number, options: ThrottleOptions = {}): Stream<T> {
  const inlet = inletOf<T>("throttle", source);
  return new Throttle(inlet, checkMillis("throttle", apart), options).start();
}
