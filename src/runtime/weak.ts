/**
 * A run whose goroutines are held weakly while they wait: `run(fn, { leaks: "report" })`.
 *
 * A parked goroutine is on the queue of what it waits for, and whoever can wake it gets there from something that is in
 * use: a channel somebody refers to, a pending timer, a promise the host will settle. If nothing leads there, nothing can
 * ever wake it, and the garbage collector is who finds that out. So the run must not lead there either: it holds a
 * goroutine strongly until it has been parked for a moment, then notes what a report needs, which can't be asked of
 * what is gone, and from then on holds it weakly. One that is woken is held strongly again, before it runs.
 *
 * Invariants: `g.at` is negative exactly while `g` is held weakly; only those are registered with the collector; so one
 * that ended, or whose run is over, is never reported. Main is always held: its end is waited for.
 *
 * What costs something: noting where a goroutine stands, once for each long wait, at most 2 ms in a sweep. Sweeps come every
 * 100 ms, and after each collection, so that the next one can collect. Rejected: to note it whenever one parks, which costs
 * more than parking; to hold all weakly from the start, the same.
 */

import { Allgs, type Joiners } from "./allgs.ts";
import { type AsyncWaiter, AwaitList } from "./async.ts";
import type { G } from "./g.ts";
import { writeError } from "./host.ts";
import { m } from "./m.ts";
import type { RunOptions } from "./options.ts";
import { P } from "./proc.ts";
import { Gwaiting } from "./status.ts";
import { RuntimeTimer } from "./timers.ts";
import { describe, formatAll } from "./traceback.ts";
import type { GoroutineInfo } from "./types.ts";

/** Milliseconds between two sweeps. */
const INTERVAL = 100;
/** Milliseconds that a goroutine has been parked before a sweep looks at it. */
const PARKED = 10;
/** Milliseconds a sweep may take. */
const MOMENT = 2;
/** `g.at` of one that is held weakly. */
const WEAK = -1;

interface Held {
  readonly ref: WeakRef<G>;
  readonly info: GoroutineInfo;
}

class WeakAllgs extends Allgs {
  readonly #weak = new Map<number, Held>();
  /** Where the next sweep begins. */
  #next = 0;
  readonly #registry = new FinalizationRegistry<Held>(({ info }) => {
    this.#weak.delete(info.id);
    writeError(
      `millrace: goroutine ${info.id} (${info.name}) leaked: nothing can ever wake it\n\n${formatAll([info])}\n`,
    );
  });

  override get length(): number {
    return super.length + this.#weak.size;
  }

  override *[Symbol.iterator](): IterableIterator<G> {
    yield* super[Symbol.iterator]();
    for (const { ref } of this.#weak.values()) {
      const g = ref.deref();
      if (g !== undefined) yield g;
    }
  }

  override sorted(): G[] {
    return [...this].sort((a, b) => a.id - b.id);
  }

  /** Looks at those that are held strongly, from where the last sweep stopped, and holds weakly whom `may` says. */
  sweep(may: (g: G) => boolean, enough: () => boolean): void {
    const all = this.list;
    for (let n = all.length; n > 0; n--) {
      if (this.#next >= all.length) this.#next = 0;
      const g = all[this.#next] as G;
      // Whoever is taken out gives its place to the last one.
      if (may(g)) this.#weaken(g);
      else {
        this.#next++;
        if (n % 256 !== 0) continue;
      }
      if (enough()) return;
    }
  }

  override remove(g: G): void {
    if (g.at === WEAK) this.strengthen(g); // an async function: nobody makes it runnable before it ends
    super.remove(g);
  }

  override clear(): void {
    for (const held of this.#weak.values()) this.#registry.unregister(held);
    this.#weak.clear();
    super.clear();
  }

  protected override newJoiners(): Joiners {
    return new WeakMap();
  }

  #weaken(g: G): void {
    const held = { ref: new WeakRef(g), info: describe(g) };
    super.remove(g);
    g.at = WEAK;
    this.#weak.set(g.id, held);
    this.#registry.register(g, held, held);
  }

  strengthen(g: G): void {
    const held = this.#weak.get(g.id);
    if (held === undefined) return; // the run is over
    this.#weak.delete(g.id);
    this.#registry.unregister(held);
    this.add(g);
  }
}

/** Those that wait with `await`, each held by what it waits for alone. */
class WeakAwaitList extends AwaitList {
  readonly #refs = new WeakMap<AsyncWaiter, WeakRef<AsyncWaiter>>();
  readonly #all = new Set<WeakRef<AsyncWaiter>>();
  readonly #registry = new FinalizationRegistry<WeakRef<AsyncWaiter>>((ref) => this.#all.delete(ref));

  override add(w: AsyncWaiter): void {
    const ref = new WeakRef(w);
    this.#refs.set(w, ref);
    this.#all.add(ref);
    this.#registry.register(w, ref, ref);
  }

  override remove(w: AsyncWaiter): void {
    const ref = this.#refs.get(w);
    if (ref === undefined) return;
    this.#all.delete(ref);
    this.#registry.unregister(ref);
  }

  override clear(): void {
    this.#all.clear();
  }

  override *[Symbol.iterator](): Iterator<AsyncWaiter, void> {
    for (const ref of this.#all) {
      const w = ref.deref();
      if (w !== undefined) yield w;
    }
  }
}

export class WeakP extends P {
  override readonly allgs: WeakAllgs = new WeakAllgs();
  override readonly awaiting: AwaitList = new WeakAwaitList();
  readonly #timer = new RuntimeTimer(this.timers, () => this.#tick(), null, true);
  /** Tells of each collection. */
  readonly #collections = new FinalizationRegistry<void>(() => this.#collected());

  constructor(options: RunOptions) {
    super(options);
    this.#watchCollections();
    this.#setTimer();
  }

  override ready(g: G): void {
    if (g.at === WEAK) this.allgs.strengthen(g);
    super.ready(g);
  }

  #setTimer(): void {
    this.timers.add(this.#timer, this.clock.now() + INTERVAL, this.timers.order());
  }

  #tick(): void {
    this.#sweep();
    this.#setTimer();
  }

  #watchCollections(): void {
    this.#collections.register({}, undefined);
  }

  #collected(): void {
    if (this.over) return;
    this.#sweep();
    this.#watchCollections();
  }

  /** Holds those weakly that have been parked for a while. */
  #sweep(): void {
    if (m.curg !== null) return; // the host is in the middle of something
    const start = m.look();
    this.allgs.sweep(
      (g) => g.status === Gwaiting && !this.isMain(g) && start - g.since >= PARKED,
      () => m.look() - start > MOMENT,
    );
  }
}
