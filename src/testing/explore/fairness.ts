/**
 * Who has to let others go first, so that no schedule keeps a goroutine, or the clock, from its turn for ever.
 *
 * Programs may count on that. One that polls until another goroutine sets a flag ends under every scheduler there is, so a
 * schedule that never lets the other one run would make a correct program look endless. Two rules, both in favour of a
 * goroutine that is runnable and has had no turn meanwhile; under `timers: "any"` the clock counts as one:
 *
 * - No other makes more than `PATIENCE` steps before it. Each time it had to wait for that long, its patience is halved.
 *   So where a few keep busy, all come to take turns, long before a run has used up its steps.
 * - A goroutine that yields twice in a row does not go on before those that were runnable at the first of the two.
 *
 * Invariant: the one that has been runnable longest may always go.
 *
 * Rejected: to count the steps that one goroutine makes in a row, because two that answer each other then starve a third; to
 * count all steps since it became runnable, because in a program of many goroutines, each with a few steps, that takes
 * orders away which the search has to try.
 */

/** How many steps a goroutine may make while another one is runnable. */
export const PATIENCE = 100;

export class Fairness {
  readonly #patience: number;
  #steps = 0;
  /** The least patience that anyone has. */
  #least: number;
  /** By goroutine: after how many steps it became runnable; undefined while it is not known to be. */
  readonly #since: (number | undefined)[] = [];
  /** For how many steps of each other it waits; `#patience` where nothing is said. */
  readonly #waits: (number | undefined)[] = [];
  /** Somebody has to let it go first, because it waits so long. */
  readonly #starved: boolean[] = [];
  /** How many steps it has made, and the numbers of the last ones. */
  readonly #counts: number[] = [];
  readonly #made: number[][] = [];
  /** The number of the step with its last operation, if that was a yield; and of the one before, if both were. */
  readonly #yielded: (number | undefined)[] = [];
  readonly #behind: (number | undefined)[] = [];
  readonly #out: boolean[] = [];

  constructor(patience: number) {
    this.#patience = this.#least = patience;
  }

  /** A new run. */
  reset(): void {
    this.#steps = 0;
    this.#least = this.#patience;
    this.#since.length = this.#waits.length = this.#starved.length = this.#counts.length = 0;
    this.#yielded.length = this.#behind.length = 0;
  }

  /** `id` makes a step: one that yields, or not; undefined where it only goes on after an operation that it began before. */
  step(id: number, yields: boolean | undefined): void {
    const number = ++this.#steps;
    const count = this.#counts[id] ?? 0;
    this.#made[id] ??= [];
    (this.#made[id] as number[])[count % this.#patience] = number;
    this.#counts[id] = count + 1;
    this.#since[id] = undefined;
    if (yields !== undefined) {
      this.#behind[id] = yields ? this.#yielded[id] : undefined;
      this.#yielded[id] = yields ? number : undefined;
    }
    if (this.#starved[id] !== true) return;
    this.#starved[id] = false;
    const waits = Math.max(1, (this.#waits[id] ?? this.#patience) >> 1);
    this.#waits[id] = waits;
    this.#least = Math.min(this.#least, waits);
  }

  /** `id` is not runnable any more, though it has made no step. */
  gone(id: number): void {
    this.#since[id] = undefined;
  }

  /** Takes those out of `runnable` that have to let others of it go first. */
  narrow(runnable: number[]): void {
    for (const id of runnable) this.#since[id] ??= this.#steps;
    if (runnable.length < 2) return;
    const out = this.#out;
    let some = false;
    for (let at = 0; at < runnable.length; at++) {
      out[at] = !this.#may(runnable[at] as number, runnable);
      if (out[at]) some = true;
    }
    if (!some) return;
    let kept = 0;
    for (let at = 0; at < runnable.length; at++) if (!out[at]) runnable[kept++] = runnable[at] as number;
    runnable.length = kept;
  }

  #may(id: number, runnable: readonly number[]): boolean {
    const behind = this.#behind[id] ?? 0;
    const busy = (this.#counts[id] ?? 0) >= this.#least;
    if (behind === 0 && !busy) return true;
    let may = true;
    for (const other of runnable) {
      if (other === id) continue;
      const since = this.#since[other] as number;
      if (since < behind) may = false;
      if (busy && this.#tires(id, other, since)) {
        this.#starved[other] = true;
        may = false;
      }
    }
    return may;
  }

  /** Whether `id` has made as many steps as `other` waits for, since that one became runnable. */
  #tires(id: number, other: number, since: number): boolean {
    const waits = this.#waits[other] ?? this.#patience;
    const count = this.#counts[id] as number;
    return count >= waits && ((this.#made[id] as number[])[(count - waits) % this.#patience] as number) > since;
  }
}
