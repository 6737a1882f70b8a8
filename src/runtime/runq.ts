/** The run queue: a ring of runnable goroutines that grows by doubling. First in, first out. */
import type { G } from "./g.ts";

const SMALL = 64;

export class RunQueue {
  #ring: (G | undefined)[] = new Array(SMALL).fill(undefined);
  #head = 0;
  length = 0;

  push(g: G): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.length++) & (this.#ring.length - 1)] = g;
  }

  /** Puts `g` first: it was interrupted for the host's sake, not for its neighbours'. */
  unshift(g: G): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = g;
    this.length++;
  }

  /** The next one; the queue must not be empty. */
  shift(): G {
    const g = this.#ring[this.#head] as G;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    // After a burst, don't hold a ring of millions for a queue of ten.
    if (--this.length === 0 && this.#ring.length > 1 << 16) this.clear();
    return g;
  }

  /** Takes out the one at `index`, 0 being the next. O(n): for strategies, not for production. */
  take(index: number): G {
    const ring = this.#ring;
    const mask = ring.length - 1;
    const g = this.at(index);
    // Those before it move up by one.
    for (let i = this.#head + index; i > this.#head; i--) ring[i & mask] = ring[(i - 1) & mask];
    this.shift();
    return g;
  }

  /** Takes out all places of `g`. O(n). */
  remove(g: G): void {
    for (let i = this.length - 1; i >= 0; i--) if (this.at(i) === g) this.take(i);
  }

  at(index: number): G {
    return this.#ring[(this.#head + index) & (this.#ring.length - 1)] as G;
  }

  clear(): void {
    if (this.length === 0 && this.#ring.length === SMALL) return; // what left it left `undefined`
    this.#ring = new Array(SMALL).fill(undefined);
    this.#head = 0;
    this.length = 0;
  }

  #grow(): void {
    const old = this.#ring;
    const ring: (G | undefined)[] = new Array(old.length * 2);
    for (let i = 0; i < this.length; i++) ring[i] = old[(this.#head + i) & (old.length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
