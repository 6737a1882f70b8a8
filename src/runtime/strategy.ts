/**
 * What decides where the program has no say: who runs next, when a goroutine is preempted, what a random choice gives.
 *
 * In production there is no strategy: first in, first out; preemption by the clock; a generator seeded by the host. With
 * one, no decision depends on time any more, so the same decisions give the same run. Tests and exploration plug in here;
 * there is no second scheduler.
 */

import type { G } from "./g.ts";
import type { Operation } from "./op.ts";

export interface Strategy {
  /** Which of the runnable goroutines runs next: an index, 0 for the one that waits longest. Called also when there is only one. */
  pick(runnable: number, at: (index: number) => G): number;
  /** Whether `g` must let others run before it attempts `op`. */
  preempt(g: G, op: Operation<unknown>): boolean;
  /** A whole number from 0 to `n - 1`. */
  below(n: number): number;
  /**
   * Which of a select's `n` cases is taken: attempts them by `attempt`, in any order, until one has happened. Says whether
   * one has. Without it, the order is made of `below`.
   */
  choose?(n: number, attempt: (at: number) => boolean): boolean;
  /** Which of `n` timers that are due at one moment fires next. Without it, the one that was set first. */
  due?(n: number): number;
}

/** A small, fast generator (splitmix-like, 32 bits of state) that passes for the randomness of select. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 to `n - 1`, for `n` up to 2^16 or so without noticeable bias. */
  below(n: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    // By multiplication: a remainder takes longer than all of the above.
    return (((x ^ (x >>> 15)) >>> 0) * n * 2 ** -32) | 0;
  }
}

/** Operations a goroutine may complete in a row in a seeded run: what a slice of 10 ms is in others, but the same each time. */
const QUOTA = 20_000;

/** The production order, with preemption by count instead of by the clock. */
export class Seeded implements Strategy {
  readonly #random: Random;
  #last: G | null = null;
  #count = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  pick(): number {
    return 0;
  }

  preempt(g: G): boolean {
    if (g !== this.#last) {
      this.#last = g;
      this.#count = 0;
    }
    if (++this.#count < QUOTA) return false;
    this.#count = 0;
    return true;
  }

  below(n: number): number {
    return this.#random.below(n);
  }
}

/** `run(fn, { seed })` and bubbles: the same, and the seed decides too which of several timers due at one moment fires first. */
export class SeededTimers extends Seeded {
  due(n: number): number {
    return this.below(n);
  }
}
