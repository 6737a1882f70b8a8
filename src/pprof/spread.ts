/**
 * How long things took: how many there were, their sum, and how they are spread, in buckets that grow by a fifth, so that
 * a quantile is right to ten per cent and a spread takes the same memory whatever it has seen.
 */

/** The upper end of the first bucket, in milliseconds; the last one is longer than two weeks. */
const FIRST = 0.001;
const GROWTH = 1.2;
const BUCKETS = 152;

/** One bar of a histogram. */
export interface Bar {
  /** The shortest that is counted here, in milliseconds. */
  readonly from: number;
  /** The longest. */
  readonly to: number;
  /** How many were. */
  readonly count: number;
}

const upper = (bucket: number): number => FIRST * GROWTH ** bucket;

export class Spread {
  count = 0;
  /** Milliseconds in all. */
  total = 0;
  longest = 0;
  readonly #buckets = new Uint32Array(BUCKETS);

  /** Notes one that took `ms`. */
  add(ms: number): void {
    this.count++;
    this.total += ms;
    if (ms > this.longest) this.longest = ms;
    const bucket = ms <= FIRST ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / FIRST) / Math.log(GROWTH)));
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
  }

  /** Notes all that `other` has seen. */
  merge(other: Spread): void {
    this.count += other.count;
    this.total += other.total;
    this.longest = Math.max(this.longest, other.longest);
    for (let i = 0; i < BUCKETS; i++) this.#buckets[i] = (this.#buckets[i] as number) + (other.#buckets[i] as number);
  }

  /** What a share `q` of them, such as 0.99, did not exceed, in milliseconds; 0 if there were none. */
  quantile(q: number): number {
    let left = Math.ceil(q * this.count);
    for (let i = 0; i < BUCKETS; i++) {
      left -= this.#buckets[i] as number;
      // The middle of the bucket, and no more than there was.
      if (left <= 0) return Math.min(this.longest, upper(i) / Math.sqrt(GROWTH));
    }
    return this.longest;
  }

  /** From the first bucket with something in it to the last. */
  bars(): Bar[] {
    const all = [...this.#buckets].map((count, i) => ({ from: i === 0 ? 0 : upper(i - 1), to: upper(i), count }));
    const last = all.findLastIndex(({ count }) => count > 0);
    return all.slice(
      all.findIndex(({ count }) => count > 0),
      last + 1,
    );
  }
}
