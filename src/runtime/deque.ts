/**
 * A queue with two ends: a ring that grows by doubling. First in, first out where only `push` and `shift` are used, as for
 * the run queue. `Array.shift` moves what is left, so from some thousand values on emptying an array costs the square.
 *
 * Invariant: a place of the ring that holds no value holds `undefined`, so that nothing is kept alive that has left. One
 * that was never used has no ring.
 */
const SMALL = 16;

export class Deque<T> {
  #ring: (T | undefined)[] = [];
  #head = 0;
  length = 0;

  push(value: T): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.length++) & (this.#ring.length - 1)] = value;
  }

  /** Puts `value` first. */
  unshift(value: T): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = value;
    this.length++;
  }

  /** The first one; the queue must not be empty. */
  shift(): T {
    const value = this.#ring[this.#head] as T;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    // After a burst, don't hold a ring of millions for a queue of ten.
    if (--this.length === 0 && this.#ring.length > 1 << 16) this.clear();
    return value;
  }

  /** Takes out the one at `index`, 0 being the first. O(n): for strategies, not for production. */
  take(index: number): T {
    const ring = this.#ring;
    const mask = ring.length - 1;
    const value = this.at(index);
    // Those before it move up by one.
    for (let i = this.#head + index; i > this.#head; i--) ring[i & mask] = ring[(i - 1) & mask];
    this.shift();
    return value;
  }

  /** Takes out all places of `value`. O(n). */
  remove(value: T): void {
    for (let i = this.length - 1; i >= 0; i--) if (this.at(i) === value) this.take(i);
  }

  /** The one at `index`, which must be less than the length. */
  at(index: number): T {
    return this.#ring[(this.#head + index) & (this.#ring.length - 1)] as T;
  }

  clear(): void {
    if (this.length === 0 && this.#ring.length <= SMALL) return; // what left it left `undefined`
    this.#ring = [];
    this.#head = 0;
    this.length = 0;
  }

  #grow(): void {
    const old = this.#ring;
    // Filled: an array that has held small integers alone would have another shape, and every access see two of them.
    const ring: (T | undefined)[] = new Array(old.length * 2 || SMALL).fill(undefined);
    for (let i = 0; i < this.length; i++) ring[i] = old[(this.#head + i) & (old.length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
