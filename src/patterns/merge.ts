/**
 * Several sources as one channel: fan-in. With one source it is the source with a stop to it: `orDone`, an outlet of
 * `distribute`.
 *
 * The sources are asked in turn, beginning behind the one that gave last, so that none is starved.
 */
import { CLOSED } from "../chan/closed.ts";
import { Deque } from "../runtime/deque.ts";
import { NO } from "../runtime/op.ts";
import { type Inlet, inletOf, type Source, type SourceValue } from "./source.ts";
import { Flow, type Stream, type StreamOptions } from "./stream.ts";

export class Merge<T> extends Flow<T> {
  readonly #inlets: Inlet<T>[] = [];
  /** What came in while this waited. */
  readonly #kept: Deque<T> = new Deque();
  #turn = 0;

  constructor(name: string, inlets: readonly Inlet<T>[], options: StreamOptions) {
    super(name, options);
    for (const inlet of inlets) this.#inlets.push(this.listen(inlet));
  }

  protected override poll(): T | NO | typeof CLOSED {
    if (this.#kept.length > 0) return this.#kept.shift();
    const inlets = this.#inlets;
    for (let asked = 0; asked < inlets.length; ) {
      if (this.#turn >= inlets.length) this.#turn = 0;
      const inlet = inlets[this.#turn] as Inlet<T>;
      const value = inlet.take();
      if (value === CLOSED) this.#ended(inlet);
      else if (value !== NO) {
        this.#turn++;
        return value;
      } else {
        this.#turn++;
        asked++;
      }
    }
    return inlets.length === 0 ? CLOSED : NO;
  }

  protected override keep(inlet: Inlet, value: unknown): void {
    if (value === CLOSED) this.#ended(inlet as Inlet<T>);
    else this.#kept.push(value as T);
  }

  #ended(inlet: Inlet<T>): void {
    this.#inlets.splice(this.#inlets.indexOf(inlet), 1);
    this.unlisten(inlet);
  }
}

/**
 * Several sources as one channel: fan-in. A value goes through as soon as its source has it; each source keeps its order.
 *
 * The channel closes when all sources have ended or the context is done; stopping it stops them. What a source throws ends it,
 * and every receive throws it then.
 * Source: https://go.dev/blog/pipelines
 *
 * @param sources channels, iterables, async iterables; behind them options: `ctx` stops the stream
 * @throws ArgumentError when one is none of these
 *
 * @example
 * ```ts
 * import { chan, go, range, run } from "millrace";
 * import { merge } from "millrace/patterns";
 * await run(function* () {
 *   const evens = chan<number>();
 *   go(function* () {
 *     for (const n of [0, 2, 4]) yield* evens.send(n);
 *     evens.close();
 *   });
 *   let sum = 0;
 *   for (const r = range(merge(evens, [1, 3])); yield* r.next(); ) sum += r.value;
 *   console.log(sum); // 10
 * });
 * ```
 */
export function merge<S extends Source<unknown>[]>(...sources: S): Stream<SourceValue<S[number]>>;
export function merge<S extends Source<unknown>[]>(
  ...sources: [...S, options: StreamOptions]
): Stream<SourceValue<S[number]>>;
export function merge(...sources: (Source<unknown> | StreamOptions)[]): Stream<unknown> {
  const options = isOptions(sources.at(-1)) ? (sources.pop() as StreamOptions) : {};
  return new Merge(
    "merge",
    sources.map((source) => inletOf("merge", source as Source<unknown>)),
    options,
  );
}

/** Whether it is an object as programs write options, and nothing that can be read. */
function isOptions(last: unknown): boolean {
  if (typeof last !== "object" || last === null || Object.getPrototypeOf(last) !== Object.prototype) return false;
  return !(Symbol.iterator in last || Symbol.asyncIterator in last || "recvOk" in last);
}
