/** Stages that are joined by channels. */
import { withCancel } from "../context/cancel.ts";
import { background } from "../context/roots.ts";
import type { Context } from "../context/types.ts";
import { checkLocal, type Local } from "../runtime/anywhere.ts";
import { callable } from "../runtime/args.ts";
import type { Parked } from "../runtime/types.ts";
import { Generated, inletOfResult } from "./generate.ts";
import { Merge } from "./merge.ts";
import { inletOf, type Source } from "./source.ts";
import { checkContext, type Stream, type StreamOptions } from "./stream.ts";

/**
 * A stage: gets the channel of what comes in and a context that is done when the pipeline has ended, and gives what goes
 * out: a channel, an iterable, an async iterable. A `function*` performs operations with `yield*` and gives values with
 * plain `yield`, as in `generate`. Not a parallel function, because its channels are of one thread: `mapStream` runs one.
 */
export type Stage<I, O> = Local<
  (input: Stream<I>, ctx: Context) => Generator<O | Parked, unknown, unknown> | Source<O>
>;

/**
 * Sends the values of a source through stages, functions from channels to channels, each of which reads the one before
 * it. The last argument may be options.
 *
 * Nothing is read before the channel it gives is; each stage reads as far as the next one wants. The channel closes when
 * the last stage has ended or the context is done; then every stage is stopped, and so is the source. What a stage throws
 * is thrown by the receive of the stage behind it, and in the end by that of the reader.
 * Source: https://go.dev/blog/pipelines
 *
 * @param source a channel, an iterable or an async iterable
 * @param a the first stage: gets the channel of what the source has, and a context that is done when the pipeline has ended
 * @param b the second, which reads what the first gives
 * @param c the third
 * @param d the fourth
 * @param e the fifth and last: where there are more, the source is a pipeline
 * @param options `ctx`: stops the pipeline
 * @throws ArgumentError when they are not these
 *
 * @example
 * ```ts
 * import { range, run } from "millrace";
 * import { batch, mapStream, pipeline } from "millrace/patterns";
 * await run(function* () {
 *   const out = pipeline(
 *     [1, 2, 3],
 *     (numbers) => mapStream(numbers, async (n) => n * n, { workers: 2 }),
 *     function* (squares) {
 *       for (const r = range(squares); yield* r.next(); ) yield r.value + 1;
 *     },
 *     (all) => batch(all, 3),
 *   );
 *   console.log(yield* out.recv()); // [ 2, 5, 10 ]
 * });
 * ```
 */
export function pipeline<T>(source: Source<T>): Stream<T>;
export function pipeline<T, A>(source: Source<T>, a: Stage<T, A>): Stream<A>;
export function pipeline<T, A, B>(source: Source<T>, a: Stage<T, A>, b: Stage<A, B>): Stream<B>;
export function pipeline<T, A, B, C>(source: Source<T>, a: Stage<T, A>, b: Stage<A, B>, c: Stage<B, C>): Stream<C>;
export function pipeline<T, A, B, C, D>(
  source: Source<T>,
  a: Stage<T, A>,
  b: Stage<A, B>,
  c: Stage<B, C>,
  d: Stage<C, D>,
): Stream<D>;
export function pipeline<T, A, B, C, D, E>(
  source: Source<T>,
  a: Stage<T, A>,
  b: Stage<A, B>,
  c: Stage<B, C>,
  d: Stage<C, D>,
  e: Stage<D, E>,
): Stream<E>;
export function pipeline<T>(source: Source<T>, options: StreamOptions): Stream<T>;
export function pipeline<T, A>(source: Source<T>, a: Stage<T, A>, options: StreamOptions): Stream<A>;
export function pipeline<T, A, B>(source: Source<T>, a: Stage<T, A>, b: Stage<A, B>, options: StreamOptions): Stream<B>;
export function pipeline<T, A, B, C>(
  source: Source<T>,
  a: Stage<T, A>,
  b: Stage<A, B>,
  c: Stage<B, C>,
  options: StreamOptions,
): Stream<C>;
export function pipeline<T, A, B, C, D>(
  source: Source<T>,
  a: Stage<T, A>,
  b: Stage<A, B>,
  c: Stage<B, C>,
  d: Stage<C, D>,
  options: StreamOptions,
): Stream<D>;
export function pipeline<T, A, B, C, D, E>(
  source: Source<T>,
  a: Stage<T, A>,
  b: Stage<A, B>,
  c: Stage<B, C>,
  d: Stage<C, D>,
  e: Stage<D, E>,
  options: StreamOptions,
): Stream<E>;
export function pipeline(
  source: Source<unknown>,
  ...rest: (Stage<unknown, unknown> | StreamOptions | undefined)[]
): Stream<unknown> {
  const last = rest.at(-1);
  const options: StreamOptions = typeof last === "object" && last !== null ? last : {};
  const stages = rest.length > 0 && (last === undefined || last === options) ? rest.slice(0, -1) : rest;
  const [ctx, cancel] = withCancel(checkContext("pipeline", options.ctx) ?? background());
  let inlet = inletOf("pipeline", source);
  const between: Stream<unknown>[] = [];
  for (const stage of stages as Stage<unknown, unknown>[]) {
    callable("pipeline", stage);
    checkLocal("pipeline", stage);
    const input = new Merge("pipeline", [inlet], { ctx });
    between.push(input);
    inlet = inletOfResult("pipeline", stage.name || "stage", stage(input, ctx) as Source<unknown>);
  }
  return new Generated("pipeline", inlet, ctx, () => {
    cancel();
    for (const stream of between.reverse()) stream.stop();
  });
}
