/** Making channels. */
import { checkOptions, text } from "../runtime/args.ts";
import { shownAs } from "../runtime/shown.ts";
import { Hchan } from "./hchan.ts";
import type { Chan } from "./types.ts";

/** Options of `chan`. */
export interface ChanOptions<Z> {
  /** What a receive from the closed and drained channel gives; `undefined` by default. */
  readonly zero?: Z | undefined;
  /** A name, shown in dumps, deadlock reports and traces. */
  readonly name?: string | undefined;
}

declare const ungiven: unique symbol;

/** Stands for the type of values that nobody gave. */
export interface Ungiven {
  readonly [ungiven]: never;
}

/** What a channel with a zero value holds: values of its type, unless another was given. */
export type Held<T, Z> = [T] extends [Ungiven] ? Z : T;

/**
 * Makes a channel (Go's `make(chan T, capacity)`).
 *
 * @param capacity how many values it holds before a send blocks: a whole number from 0 (the default, unbuffered: a send
 *   and a receive meet) to 2^32-1
 * @param options `zero`, what receives give once the channel is closed and drained; `name`, for dumps and traces
 * @throws Panic CHAN_SIZE for another number; ArgumentError for what is no number
 *
 * Source: https://go.dev/ref/spec#Making_slices_maps_and_channels
 *
 * @example
 * ```ts
 * import { chan } from "millrace";
 * const jobs = chan<string>(2, { name: "jobs" });
 * console.log(jobs.trySend("a"), jobs.length, jobs.capacity); // true 1 2
 * const counts = chan(0, { zero: 0 }); // of numbers, like its zero value
 * counts.close();
 * console.log(await counts.recv()); // 0
 * ```
 */
export function chan<T = Ungiven, Z = T>(
  capacity: number | undefined,
  options: { readonly zero: Z; readonly name?: string | undefined },
): Chan<Held<T, Z>, Z>;
export function chan<T>(capacity?: number, options?: { readonly name?: string | undefined }): Chan<T>;
export function chan(capacity = 0, options: ChanOptions<unknown> = {}): Chan<unknown, unknown> {
  checkOptions("chan", options, "zero, name");
  const { zero, name } = options;
  if (name !== undefined) text("chan: name", name);
  if (!shown) showChans();
  return new Hchan(capacity, zero, name);
}

let shown = false;

/** Waits for the first channel: done as the module is read, it would be in bundles that have no channel. */
function showChans(): void {
  shown = true;
  shownAs(Hchan.prototype, ({ name, qcount, dataqsiz, closed }) => {
    const called = name === undefined ? "" : ` ${JSON.stringify(name)}`;
    return `Chan${called} { length: ${qcount}, capacity: ${dataqsiz}${closed ? ", closed" : ""} }`;
  });
}
