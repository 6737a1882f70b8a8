/**
 * Goroutines that were lost before anything joined them. That alone is no panic: a program starts many and joins one after the
 * other. It is one once nothing can join it any more: its handle is garbage, main returns, or the program has gone to sleep.
 *
 * Rejected: a panic at once, unless a join is under way: what died with the second of ten jobs ended the run while it
 * waited for the first; so did a death before the goroutine had its turn that was to join.
 */
import { once } from "../../runtime/copies.ts";
import type { PanickedGoroutine } from "../../runtime/on-panic.ts";
import type { P } from "../../runtime/proc.ts";
import type { Away } from "./away.ts";

/** One of them, without its handle. */
export interface Loss {
  readonly p: P;
  readonly error: unknown;
  readonly goroutine: PanickedGoroutine;
  /** It was joined since, or is a panic already. */
  heard: boolean;
}

class Unjoined {
  readonly #all = new Set<Loss>();
  readonly #handles = new FinalizationRegistry<Loss>((loss) => this.#panic(loss));

  /** `away` is lost with that error, and nothing has joined it yet. */
  add(away: Away, error: unknown): void {
    const { p, id, name, creator } = away;
    const loss: Loss = { p, error, goroutine: { id, name, stack: "", createdBy: creator ?? undefined }, heard: false };
    away.loss = loss;
    this.#all.add(loss);
    this.#handles.register(away, loss);
  }

  /** Nothing of `p` will join anything any more; of any run, without one. Says whether a loss is a panic now. */
  tell(p: P | null): boolean {
    let told = false;
    for (const loss of this.#all) if (p === null || loss.p === p) told = this.#panic(loss) || told;
    return told;
  }

  #panic(loss: Loss): boolean {
    this.#all.delete(loss);
    if (loss.heard || loss.p.over) return false;
    loss.heard = true;
    loss.p.panicked(loss.error, loss.goroutine);
    return true;
  }
}

/** Those of this thread. */
export const unjoined: Unjoined = once("unjoined", () => new Unjoined());
