/**
 * What a function makes of each value of a source, all results at once.
 *
 * An operation, and can lose a select: it begins when it has to be waited for, and when the wait is given up its jobs are
 * cancelled through their context.
 */
import { thrownFor } from "../context/thrown-for.ts";
import type { Context } from "../context/types.ts";
import { NO, Operation } from "../runtime/op.ts";
import { rejectedWith } from "../runtime/rejection.ts";
import type { Result } from "../runtime/run.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Proxies, Waiter } from "../runtime/waiter.ts";
import { checkMap, type MapOptions, Mapping, type Owner } from "./mapping.ts";
import { type Inlet, inletOf, type Source } from "./source.ts";

/** One performance. As a waiter it is parked on the end of the context. */
class Performance<T, R> extends Waiter implements Owner<R> {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly #results: R[] = [];
  readonly #mapping: Mapping<T, R>;
  readonly #ctx: Context | undefined;
  readonly #done: Inlet | undefined;
  #waiter: Waiter | null;

  constructor(
    w: Waiter,
    source: Source<T>,
    fn: (value: T, ctx: Context, index: number) => unknown,
    options: MapOptions,
  ) {
    super();
    this.#waiter = w;
    this.#mapping = new Mapping<T, R>("mapConcurrent", source, fn, options, this);
    this.#ctx = options.ctx;
    this.#done = options.ctx && inletOf("mapConcurrent", options.ctx.done());
  }

  begin(): void {
    this.#done?.park(this);
    this.#mapping.crew.hire();
  }

  room(): boolean {
    return true;
  }

  began(): void {}

  result(index: number, value: R): void {
    if (this.#mapping.ordered) this.#results[index] = value;
    else this.#results.push(value);
  }

  skip(): void {}

  end(failure: { readonly error: unknown } | null): void {
    this.#done?.unpark(this);
    const w = this.#waiter;
    this.#waiter = null;
    if (failure === null) w?.complete(this.#results, true);
    else {
      rejectedWith(failure.error); // so that it says who waited, too
      w?.fail(failure.error);
    }
  }

  /** The wait is given up. */
  leave(): void {
    this.#waiter = null;
    this.#mapping.stop();
  }

  /** The context is done. */
  override complete(): void {
    this.#mapping.fail(thrownFor(this.#ctx as Context));
  }

  override fail(error: unknown): void {
    this.#mapping.fail(error);
  }
}

class MapOp<T, R> extends Operation<R[]> {
  readonly #source: Source<T>;
  readonly #fn: (value: T, ctx: Context, index: number) => unknown;
  readonly #options: MapOptions;

  constructor(source: Source<T>, fn: (value: T, ctx: Context, index: number) => unknown, options: MapOptions) {
    super();
    this.#source = source;
    this.#fn = fn;
    this.#options = options;
  }

  override get verb(): string {
    return "join";
  }

  override get on(): null {
    return null;
  }

  override attempt(): NO {
    const { ctx } = this.#options;
    if (ctx?.err() !== undefined) throw thrownFor(ctx);
    return NO;
  }

  override enqueue(w: Waiter): void {
    const performance = new Performance<T, R>(w, this.#source, this.#fn, this.#options);
    w.value = performance;
    performance.begin();
  }

  override dequeue(w: Waiter): void {
    const performance = w.value as Performance<T, R> | undefined;
    w.value = undefined;
    performance?.leave();
  }
}

/**
 * Calls a function with each value of a source, several at a time, and gives all results in the order of the source.
 *
 * Blocks until all jobs have ended. Throws the first error, after it has cancelled the others through the context that they
 * are given and they have ended; with `errors: "all"` an `AggregateError` when all have ended; the context's error when
 * that is done. As a case of a select that is lost it cancels them and does not wait.
 *
 * @param source a channel, an iterable or an async iterable
 * @param fn a generator, async or plain function; gets the value, a context and the value's number from 0 up
 * @param options `workers`, how many jobs at once (8); `on`, a fleet whose processes do them; `errors`, whether the first one ends it (the default) or all are
 *   collected; `retry`, for jobs that fail; `progress`, called after each job; `ctx`, which stops it
 * @throws ArgumentError when an argument or an option is not what is expected
 *
 * @example
 * ```ts
 * import { mapConcurrent } from "millrace/patterns";
 * const lengths = await mapConcurrent(["one", "three"], async (word) => word.length, { workers: 2 });
 * console.log(lengths); // [ 3, 5 ]
 * ```
 */
export function mapConcurrent<T, X>(
  source: Source<T>,
  fn: (value: T, ctx: Context, index: number) => X,
  options: MapOptions = {},
): Op<Result<X>[]> {
  checkMap("mapConcurrent", fn, options);
  inletOf("mapConcurrent", source);
  return made(new MapOp<T, Result<X>>(source, fn, options));
}
