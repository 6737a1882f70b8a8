/**
 * What a function makes of each value of a source, as a channel, a bounded number of jobs at a time.
 *
 * How much is read: a value is read when a worker is free for it and fewer than `workers + queue` results wait to be
 * received, counting those that are being made. So a source is never more than that ahead of the reader, and nothing is
 * read before somebody receives for the first time.
 */
import { CLOSED } from "../chan/closed.ts";
import type { Context } from "../context/types.ts";
import { Deque } from "../runtime/deque.ts";
import { NO } from "../runtime/op.ts";
import type { Result } from "../runtime/run.ts";
import { type MapOptions, Mapping, type Owner } from "./mapping.ts";
import type { Source } from "./source.ts";
import { Flow, type Stream } from "./stream.ts";

/** The place of a result that is to come in order. */
interface Slot<R> {
  state: "begun" | "made" | "failed";
  value: R | undefined;
}

class MapStream<T, R> extends Flow<R> implements Owner<R> {
  readonly #mapping: Mapping<T, R>;
  /** Where results are to come in order: those that were not received, from the one of number `#first` on. */
  readonly #slots: Deque<Slot<R>> = new Deque();
  #first = 0;
  /** Where they are not: those that were made and not received. */
  readonly #made: Deque<R> = new Deque();
  /** Results that were not received, counting those that are being made. */
  #ahead = 0;
  #over = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(source: Source<T>, fn: (value: T, ctx: Context, index: number) => unknown, options: MapOptions) {
    super("mapStream", options);
    this.#mapping = new Mapping<T, R>("mapStream", source, fn, options, this);
  }

  room(): boolean {
    const { workers, queue } = this.#mapping;
    return !this.ended && this.#ahead < workers + queue;
  }

  began(): void {
    this.#ahead++;
    if (this.#mapping.ordered) this.#slots.push({ state: "begun", value: undefined });
  }

  result(index: number, value: R): void {
    if (this.ended) return;
    if (this.#mapping.ordered) {
      const slot = this.#slots.at(index - this.#first);
      slot.state = "made";
      slot.value = value;
      if (index > this.#first) return;
    } else this.#made.push(value);
    this.serve();
  }

  skip(index: number): void {
    if (this.ended) return;
    if (this.#mapping.ordered) this.#slots.at(index - this.#first).state = "failed";
    else this.#ahead--;
    this.serve();
  }

  end(failure: { readonly error: unknown } | null): void {
    this.#over = true;
    this.#failure = failure;
    this.serve();
  }

  protected override poll(): R | NO | typeof CLOSED {
    const value = this.#next();
    this.#mapping.crew.taken();
    // There is room for one more now, or somebody receives for the first time.
    this.#mapping.crew.hire();
    if (value !== NO || !this.#over) return value;
    if (this.#failure !== null) throw this.#failure.error;
    return CLOSED;
  }

  #next(): R | NO {
    if (!this.#mapping.ordered) {
      if (this.#made.length === 0) return NO;
      this.#ahead--;
      return this.#made.shift();
    }
    while (this.#slots.length > 0 && this.#slots.at(0).state !== "begun") {
      const slot = this.#slots.shift();
      this.#first++;
      this.#ahead--;
      if (slot.state === "made") return slot.value as R;
    }
    return NO;
  }

  protected override keep(): void {}

  protected override release(): void {
    this.#mapping.stop();
  }
}

/**
 * Calls a function with each value of a source, several at a time, and gives a channel of the results: in the order of the
 * source, or as they are made.
 *
 * The channel closes when the source has ended and all results were received. The first error, or all of them at the end,
 * ends it, and every receive throws it then; when it is stopped, or its context is done, it closes at once, begins no more jobs,
 * and cancels those under way through the context that they are given. The source is read as far as workers are free and
 * results were received, see `queue`.
 *
 * @param source a channel, an iterable or an async iterable
 * @param fn a generator, async or plain function; gets the value, a context and the value's number from 0 up
 * @param options `workers`, how many jobs at once (8); `on`, a fleet whose processes do them; `ordered`, in the order of the source (the default); `queue`, how many
 *   results may wait (as many as workers); `errors`, `retry`, `progress` and `ctx` as for `mapConcurrent`
 * @throws ArgumentError when an argument or an option is not what is expected
 *
 * @example
 * ```ts
 * import { range, run } from "millrace";
 * import { mapStream } from "millrace/patterns";
 * await run(function* () {
 *   const squares = mapStream([1, 2, 3], async (n) => n * n, { workers: 2 });
 *   for (const r = range(squares); yield* r.next(); ) console.log(r.value); // 1, then 4, then 9
 * });
 * ```
 */
export function mapStream<T, X>(
  source: Source<T>,
  fn: (value: T, ctx: Context, index: number) => X,
  options: MapOptions = {},
): Stream<Result<X>> {
  return new MapStream<T, Result<X>>(source, fn, options);
}
