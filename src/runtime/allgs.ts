/**
 * The goroutines of a run that have not ended (Go's `allgs`), and who waits for the end of which.
 *
 * In an array, in no order, with `g.at` the index: a list of links through the goroutines would cost each of them two
 * fields and the collector a chase.
 */
import type { G } from "./g.ts";
import { Gpanicked } from "./status.ts";
import { type Waiter, WaitQueue } from "./waiter.ts";

/** A map of them, or one that does not keep them. */
export type Joiners = Map<G, WaitQueue | Waiter> | WeakMap<G, WaitQueue | Waiter>;

function tell(w: Waiter, { status, value }: G): void {
  if (status === Gpanicked) w.fail(value);
  else w.complete(value, true);
}

export class Allgs {
  #all: G[] = [];
  /** Who waits for which: mostly one, and then without a queue. */
  #joiners: Joiners | null = null;

  get length(): number {
    return this.#all.length;
  }

  add(g: G): void {
    g.at = this.#all.push(g) - 1;
  }

  remove(g: G): void {
    const last = this.#all.pop();
    // None are left when `g` itself ended the run and now comes to its own end.
    if (last === g || last === undefined) return;
    this.#all[g.at] = last;
    last.at = g.at;
  }

  clear(): void {
    this.#all = [];
    this.#joiners = null;
  }

  /** In no order. */
  [Symbol.iterator](): IterableIterator<G> {
    return this.#all.values();
  }

  /** Oldest first. */
  sorted(): G[] {
    return [...this.#all].sort((a, b) => a.id - b.id);
  }

  /** Those that this holds itself. */
  protected get list(): readonly G[] {
    return this.#all;
  }

  protected newJoiners(): Joiners {
    return new Map();
  }

  /** `w` waits for the end of `g`. */
  join(g: G, w: Waiter): void {
    this.#joiners ??= this.newJoiners();
    const there = this.#joiners.get(g);
    if (there === undefined) this.#joiners.set(g, w);
    else if (there instanceof WaitQueue) there.push(w);
    else {
      const queue = new WaitQueue();
      queue.push(there);
      queue.push(w);
      this.#joiners.set(g, queue);
    }
  }

  unjoin(g: G, w: Waiter): void {
    const there = this.#joiners?.get(g);
    if (there === w) this.#joiners?.delete(g);
    else if (there instanceof WaitQueue) there.remove(w);
  }

  /** `g` has ended: whoever waits for that goes on. Says whether anything does. */
  release(g: G): boolean {
    const there = this.#joiners?.get(g);
    if (there === undefined) return false;
    if (there instanceof WaitQueue) {
      // A select that joins `g` twice leaves this queue while it is emptied, so it must still be the one that `unjoin` finds.
      const joined = there.first !== null;
      for (let w = there.shift(); w !== null; w = there.shift()) tell(w, g);
      this.#joiners?.delete(g);
      return joined;
    }
    this.#joiners?.delete(g);
    tell(there, g);
    return true;
  }
}
