/** One source for several readers, each value for one of them: fan-out. */
import { whole } from "../runtime/args.ts";
import { Merge } from "./merge.ts";
import { inletOf, type Source } from "./source.ts";
import type { Stream, StreamOptions } from "./stream.ts";

/**
 * Spreads the values of a source over `n` channels: fan-out. Each value goes to one of them, the one that asked first.
 *
 * The channels close when the source has ended or the context is done; stopping one leaves its share to the others, and
 * stopping the last one stops the source. What the source throws is thrown to all.
 * Source: https://go.dev/blog/pipelines
 *
 * @param source a channel, an iterable or an async iterable
 * @param n how many channels: a whole number from 1 up
 * @param options `ctx`: stops the streams
 * @throws ArgumentError when they are not these
 *
 * @example
 * ```ts
 * import { range, run } from "millrace";
 * import { distribute } from "millrace/patterns";
 * import { WaitGroup } from "millrace/sync";
 * await run(function* () {
 *   const wg = new WaitGroup();
 *   let sum = 0;
 *   for (const jobs of distribute([1, 2, 3, 4], 2)) {
 *     wg.go(function* () {
 *       for (const r = range(jobs); yield* r.next(); ) sum += r.value;
 *     });
 *   }
 *   yield* wg.wait();
 *   console.log(sum); // 10
 * });
 * ```
 */
export function distribute<T>(source: Source<T>, n: number, options: StreamOptions = {}): Stream<T>[] {
  const inlet = inletOf<T>("distribute", source);
  return Array.from(
    { length: checkOutlets("distribute", n) },
    (_, i) => new Merge("distribute", [i === 0 ? inlet : inlet.share()], options),
  );
}

export function checkOutlets(where: string, n: number): number {
  return whole(`${where}: n`, n, 1);
}
