/**
 * The goroutines of a run that have not ended (Go's `allgs`), and who waits for the end of which.
 *
 * In an array, in no order, with `g.at` the index: a list of links through the goroutines would cost each of them two
 * fields and the collector a chase.
 */
import type { G } from "./g.ts";
import { type Waiter, WaitQueue } from "./waiter.ts";

export class Allgs {
  #all: G[] = [];
  #joiners: Map<G, WaitQueue> | null = null;

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

  /** Oldest first. */
  sorted(): G[] {
    return [...this.#all].sort((a, b) => a.id - b.id);
  }

  /** `w` waits for the end of `g`. */
  join(g: G, w: Waiter): void {
    this.#joiners ??= new Map();
    let queue = this.#joiners.get(g);
    if (queue === undefined) {
      queue = new WaitQueue();
      this.#joiners.set(g, queue);
    }
    queue.push(w);
  }

  unjoin(g: G, w: Waiter): void {
    this.#joiners?.get(g)?.remove(w);
  }

  /** `g` has ended: whoever waits for that goes on. */
  release(g: G): void {
    const queue = this.#joiners?.get(g);
    if (queue === undefined) return;
    // A select that joins `g` twice leaves this queue while it is emptied, so it must still be the one that `unjoin` finds.
    for (let w = queue.shift(); w !== null; w = queue.shift()) w.complete(g.value, true);
    this.#joiners?.delete(g);
  }
}
