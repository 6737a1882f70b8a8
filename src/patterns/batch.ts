/**
 * Values in groups.
 *
 * Invariant: while somebody waits for a batch that has begun, and it has a time, the timer is set for that time. Nothing is
 * read while nobody waits, so a batch that is begun and then not waited for any more is given when it is next asked for.
 */

import { CLOSED } from "../chan/closed.ts";
import { millis, whole } from "../runtime/args.ts";
import { NO } from "../runtime/op.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import { type Inlet, inletOf, type Source } from "./source.ts";
import { Flow, type Stream, type StreamOptions } from "./stream.ts";

/** Options of `batch`. */
export interface BatchOptions extends StreamOptions {
  /** How long a batch may wait to be full, in milliseconds from its first value. For ever by default. */
  readonly wait?: number | undefined;
}

class Batch<T> extends Flow<T[]> {
  readonly #inlet: Inlet<T>;
  readonly #size: number;
  readonly #wait: number;
  readonly #timer: RuntimeTimer;
  #batch: T[] = [];
  /** When the batch that has begun is due. */
  #due = Infinity;

  constructor(inlet: Inlet<T>, size: number, options: BatchOptions) {
    super("batch", options);
    this.#inlet = this.listen(inlet);
    this.#size = size;
    this.#wait = millis("batch: wait", options.wait ?? Infinity);
    this.#timer = new RuntimeTimer(this.p.timers, () => this.serve(), undefined);
  }

  protected override poll(): T[] | NO | typeof CLOSED {
    while (this.#batch.length < this.#size) {
      const value = this.#inlet.take();
      if (value === CLOSED) return this.last();
      if (value === NO) break;
      this.#add(value);
    }
    if (this.#batch.length === this.#size || this.#due <= this.p.clock.now()) return this.#full();
    return NO;
  }

  protected override keep(_inlet: Inlet, value: unknown): void {
    if (value !== CLOSED) this.#add(value as T);
  }

  protected override last(): T[] | typeof CLOSED {
    return this.#batch.length === 0 ? CLOSED : this.#full();
  }

  #add(value: T): void {
    if (this.#batch.push(value) === 1) this.#due = this.p.clock.now() + this.#wait;
  }

  #full(): T[] {
    const batch = this.#batch;
    this.#batch = [];
    this.#due = Infinity;
    return batch;
  }

  protected override watched(): void {
    super.watched();
    if (this.#timer.index >= 0 && this.#timer.when === this.#due) return;
    this.release();
    this.p.timers.add(this.#timer, this.#due, this.p.timers.order());
  }

  protected override unwatched(): void {
    super.unwatched();
    this.release();
  }

  protected override release(): void {
    this.p.timers.remove(this.#timer);
  }
}

/**
 * The values of a source in groups of `size`: the last one, and with `wait` any that has waited that long, may be smaller.
 *
 * The channel closes when the source has ended or the context is done, after what was collected until then.
 *
 * @param source a channel, an iterable or an async iterable
 * @param size how many values make a batch: a whole number from 1 up
 * @param options `wait`: how long a batch may wait to be full, in milliseconds; `ctx`: stops the stream
 * @throws ArgumentError when they are not these
 *
 * @example
 * ```ts
 * import { range, run } from "millrace";
 * import { batch } from "millrace/patterns";
 * await run(function* () {
 *   for (const r = range(batch([1, 2, 3], 2)); yield* r.next(); ) console.log(r.value); // [ 1, 2 ], then [ 3 ]
 * });
 * ```
 */
export function batch<T>(source: Source<T>, size: number, options: BatchOptions = {}): Stream<T[]> {
  const inlet = inletOf<T>("batch", source);
  return new Batch(inlet, whole("batch: size", size, 1), options);
}
