/**
 * Merge sort on every core, in place: the numbers are in memory that all threads share, so only indexes travel.
 *
 *     npx millrace run examples/threads/merge-sort.ts -- 4000000
 */
import { type Go, go, main } from "millrace";
import { parallel } from "millrace/threads";

/** A part this small is sorted by one goroutine. */
const SMALL = 1 << 16;

/** Sorts what is in `numbers` from `from` up to but not including `to`; `spare` has the same size. */
export const sort = parallel(
  import.meta,
  "sort",
  function* (numbers: SharedArrayBuffer, spare: SharedArrayBuffer, from: number, to: number): Go<void> {
    const all = new Int32Array(numbers);
    if (to - from <= SMALL) {
      all.subarray(from, to).sort();
      return;
    }
    const middle = (from + to) >> 1;
    const left = go(sort, numbers, spare, from, middle);
    const right = go(sort, numbers, spare, middle, to);
    yield* left.join();
    yield* right.join();
    merge(all, new Int32Array(spare), from, middle, to);
  },
);

function merge(all: Int32Array, spare: Int32Array, from: number, middle: number, to: number): void {
  spare.set(all.subarray(from, to), from);
  let [left, right] = [from, middle];
  for (let at = from; at < to; at++) {
    if (right === to || (left < middle && spare[left]! <= spare[right]!)) all[at] = spare[left++]!;
    else all[at] = spare[right++]!;
  }
}

main(function* () {
  const length = Number(process.argv[2] ?? 1_000_000);
  if (!Number.isSafeInteger(length) || length < 1)
    throw new RangeError(`expected how many numbers, got ${process.argv[2]}`);
  const numbers = new SharedArrayBuffer(length * 4);
  const all = new Int32Array(numbers);
  let seed = 1;
  for (let i = 0; i < length; i++) all[i] = seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  const sum = total(all);

  yield* go(sort, numbers, new SharedArrayBuffer(length * 4), 0, length).join();

  for (let i = 1; i < length; i++) if (all[i - 1]! > all[i]!) throw new Error(`out of order at ${i}`);
  if (total(all) !== sum) throw new Error("a number was lost");
  console.log(`${length} numbers in order, from ${all[0]} to ${all[length - 1]}`);
});

function total(all: Int32Array): number {
  let sum = 0;
  for (const n of all) sum += n;
  return sum;
}
