/**
 * Goroutines that were lost before anything joined them. That alone is no panic: a program starts many and joins one after the
 * other. It is one once nothing can join it any more: its handle is garbage, main returns, or the program has gone to sleep.
 *
 * The collector may leave a handle for long, while the run waits for what a lost goroutine was to send. So it is made to look:
 * soon, and then less and less often.
 *
 * Rejected: a panic at once, unless a join is under way: what died with the second of ten jobs ended the run while it
 * waited for the first; so did a death before the goroutine had its turn that was to join.
 */

import { once } from "../../runtime/copies.ts";
import { holdTimer, startTimer } from "../../runtime/host.ts";
import type { P } from "../../runtime/proc.ts";
import type { PanickedGoroutine } from "../../runtime/types.ts";
import type { Away } from "./away.ts";

/** One of them, without its handle. */
export interface Loss {
  readonly p: P;
  readonly error: unknown;
  readonly goroutine: PanickedGoroutine;
  /** It was joined since, or is a panic already. */
  heard: boolean;
}

/** A buffer of that size is never touched, so it costs no memory, but the collector takes it for a reason to look. */
const PRESSURE = 128 * 2 ** 20;
/** Milliseconds until the collector is to look, at first and at most. */
const SOON = 20;
const LATE = 10_000;

class Unjoined {
  /** On the first thread: since a thread died, the others have not been asked for theirs. */
  elsewhere = false;
  #delay = 0;
  protected pressure: ArrayBuffer | null = null;
  readonly #all = new Set<Loss>();
  readonly #handles = new FinalizationRegistry<Loss>((loss) => this.#collected(loss));

  /** `away` is lost with that error, and nothing has joined it yet. */
  add(away: Away, error: unknown): void {
    const { p, id, name, creator } = away;
    const loss: Loss = { p, error, goroutine: { id, name, stack: "", createdBy: creator ?? undefined }, heard: false };
    away.loss = loss;
    this.#all.add(loss);
    this.#handles.register(away, loss);
    if (this.#delay > 0) return;
    this.#delay = SOON;
    this.#press();
  }

  #press(): void {
    const timer = startTimer(() => {
      for (const loss of this.#all) if (loss.heard || loss.p.over) this.#all.delete(loss);
      this.#delay = this.#all.size === 0 ? 0 : Math.min(2 * this.#delay, LATE);
      if (this.#delay === 0) return;
      try {
        this.pressure = new ArrayBuffer(PRESSURE);
      } catch {
        // There is no room for that: the collector has looked.
      }
      this.pressure = null;
      this.#press();
    }, this.#delay);
    holdTimer(timer, false);
  }

  /** Nothing of `p` will join anything any more; of any run, without one. Says whether a loss is a panic now. */
  tell(p: P | null): boolean {
    let told = false;
    for (const loss of this.#all) if (p === null || loss.p === p) told = this.#panic(loss) || told;
    return told;
  }

  /** The run ends with the first that it has lost, which is the one to blame, whichever the collector has found first. */
  #collected(loss: Loss): void {
    if (loss.heard) return;
    for (const each of this.#all) if (each.p === loss.p && this.#panic(each)) return;
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
