/**
 * Schedules by chance: each choice alike, or by priorities (PCT), which finds what needs few switches at certain moments
 * far more often, and with a known chance.
 *
 * PCT: goroutines get priorities at random, the runnable one with the highest always runs, and at `depth - 1` steps, drawn
 * at random among as many as a run has, the one that is about to run falls below all others. A bug that needs `depth`
 * steps in a certain order is found by a run with a chance of at least `1 / (n * k ** (depth - 1))`, for `n` goroutines
 * and `k` steps. The number of steps is learnt from the runs before.
 *
 * Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding
 * bugs", ASPLOS 2010.
 */
import { Random } from "../../runtime/strategy.ts";
import { type Chooser, CLOCK, type Watcher } from "./chooser.ts";
import { mix } from "./trace.ts";

/** A chooser by chance, with chances of its own for each run. */
export abstract class Chance implements Chooser {
  readonly watcher?: Watcher;
  protected random: Random = new Random(0);
  readonly #seed: number;

  constructor(seed: number, watcher?: Watcher) {
    this.#seed = seed;
    if (watcher !== undefined) this.watcher = watcher;
  }

  /** The run number `run` begins; the one before had that many steps. */
  begin(run: number, _steps: number): void {
    this.random = new Random(mix(this.#seed, run));
  }

  abstract next(options: readonly number[]): number;

  start(n: number): number {
    return this.random.below(n);
  }

  below(n: number): number {
    return this.random.below(n);
  }
}

export class Uniform extends Chance {
  override next(options: readonly number[]): number {
    return options.length === 1 ? 0 : this.random.below(options.length);
  }
}

export class Pct extends Chance {
  readonly #depth: number;
  /** By goroutine; those that fell have less than 0. */
  readonly #priorities = new Map<number, number>();
  /** The steps at which somebody falls, with how far. */
  readonly #falls = new Map<number, number>();
  #longest = 0;
  #step = 0;

  constructor(seed: number, depth: number) {
    super(seed);
    this.#depth = depth;
  }

  override begin(run: number, steps: number): void {
    super.begin(run, steps);
    this.#longest = Math.max(this.#longest, steps);
    this.#step = 0;
    this.#priorities.clear();
    this.#falls.clear();
    for (let i = 1; i < this.#depth; i++) this.#falls.set(1 + this.random.below(Math.max(1, this.#longest)), -i);
  }

  override next(options: readonly number[]): number {
    this.#step++;
    let best = this.#best(options);
    const fall = this.#falls.get(this.#step);
    if (fall !== undefined) {
      this.#priorities.set(options[best] as number, fall);
      best = this.#best(options);
    }
    return best;
  }

  #best(options: readonly number[]): number {
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < options.length; at++) {
      const id = options[at] as number;
      let priority = this.#priorities.get(id);
      if (priority === undefined) {
        // The clock begins low, or every timeout would come first in half of the runs.
        priority = this.random.below(1 << 16) + (id === CLOCK ? 0 : 1);
        this.#priorities.set(id, priority);
      }
      if (priority > highest) {
        highest = priority;
        best = at;
      }
    }
    return best;
  }
}
