/** At most one value in a while. */
import { flag, millis, whole } from "../runtime/args.ts";
import { Deque } from "../runtime/deque.ts";
import { Paced, type PacedStream } from "./paced.ts";
import { type Inlet, inletOf, type Source } from "./source.ts";
import type { StreamOptions } from "./stream.ts";

/** Options of `throttle`. */
export interface ThrottleOptions extends StreamOptions {
  /** Whether the latest of the values that came too early is given when the time is up. True by default. */
  readonly trailing?: boolean | undefined;
  /** How many values may go out in any `apart` milliseconds: a whole number from 1 up. 1 by default. */
  readonly limit?: number | undefined;
}

class Throttle<T> extends Paced<T> {
  readonly #apart: number;
  readonly #trailing: boolean;
  readonly #limit: number;
  /** When the last values went out, as many as may in one window. */
  readonly #given: Deque<number> = new Deque();

  constructor(inlet: Inlet<T>, apart: number, options: ThrottleOptions) {
    super("throttle", inlet, options);
    this.#apart = apart;
    const { trailing = true, limit = 1 } = options;
    this.#trailing = flag("throttle: trailing", trailing);
    whole("throttle: limit", limit, 1);
    this.#limit = limit;
  }

  protected override wants(now: number): boolean {
    return this.#trailing || now >= this.due();
  }

  protected override due(): number {
    return this.#given.length < this.#limit ? -Infinity : this.#given.at(0) + this.#apart;
  }

  protected override gave(now: number): void {
    this.#given.push(now);
    if (this.#given.length > this.#limit) this.#given.shift();
  }
}

/**
 * At most one value of a source in any `apart` milliseconds, or `limit` values: the first at once, then the latest that came meanwhile; those
 * before it are dropped. It listens to a channel all the time. (To delay events instead of dropping them, use a `Limiter`.)
 *
 * The channel closes when the source has ended, after its last value at its time, or at once when the context is done.
 * What the source throws ends it, and every receive throws it then. `flush` gives the value that is kept without waiting,
 * `cancel` drops it.
 *
 * @param source a channel; an iterable, which is asked for a value when one may go out; or an async iterable, which is read
 *   while somebody receives
 * @param apart milliseconds from 0 up
 * @param options `trailing`: whether the latest value that came too early is given; `limit`: how many go out in
 *   any `apart` milliseconds (1); `ctx`: stops the stream
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
export function throttle<T>(source: Source<T>, apart: number, options: ThrottleOptions = {}): PacedStream<T> {
  const inlet = inletOf<T>("throttle", source);
  return new Throttle(inlet, millis("throttle", apart), options).start();
}
