/**
 * The `AbortSignal` of a context, for the platform's functions.
 *
 * Nobody tells us whether anybody listens to a signal, so from the moment it exists it must fire in time: its link is on
 * the list of the context above, and the deadline in the heap. Not so the context itself: its link is told apart, so that
 * the context can be collected when nobody refers to it. When that has happened and the host says that nobody listens to
 * the signal either, the link holds the signal weakly, until somebody uses it again or it is collected, which takes the
 * link off list and heap. So a forgotten context leaks nothing, and one that was only passed to `fetch` fires.
 *
 * Rejected: `AbortSignal.any` of the parent's and an own signal. It would make a signal for every ancestor and holds its
 * sources weakly: an abandoned timeout would never fire.
 */
import { newAbortController } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import type { CancelCtx } from "./cancel-ctx.ts";
import { endedBefore, hold, unhold, Watcher } from "./hold.ts";
import { inUse, onUse, watchUse } from "./signal-use.ts";

/** The controllers of the signals that are held weakly. */
const controllers = new WeakMap<AbortSignal, AbortController>();

const orphans = new FinalizationRegistry<SignalLink>((link) => link.orphaned());
const collected = new FinalizationRegistry<SignalLink>((link) => link.leave());

export class SignalLink extends Watcher {
  override prev: Watcher | null = null;
  override next: Watcher | null = null;
  /** Null while the signal is held weakly, and then `#weak` is not. */
  #controller: AbortController | null = newAbortController();
  #weak: WeakRef<AbortSignal> | null = null;
  readonly #up: CancelCtx | null;
  readonly #p: P;
  /** The context's own deadline, and its cause then; Infinity without one. */
  readonly #when: number;
  readonly #late: unknown;
  #entry: RuntimeTimer | null = null;
  /** It is on the list above, and its deadline in the heap. */
  #waiting = false;

  constructor(ctx: CancelCtx) {
    super();
    const { when, late } = ctx.limit();
    this.#up = ctx.up;
    this.#p = ctx.p;
    this.#when = when;
    this.#late = late;
    if (ctx.err() !== undefined) this.abort(ctx.reason);
    else if (ctx.up !== null || when !== Infinity) {
      watchUse(this.signal);
      this.#wait();
      orphans.register(ctx, this);
    }
  }

  get signal(): AbortSignal {
    return (this.#controller as AbortController).signal;
  }

  /** The context above has ended, or the deadline has passed. */
  override tell(): void {
    const inherited = endedBefore(this.#up, this.#p, this.#when);
    this.abort(inherited ? this.#up?.reason : this.#late);
  }

  abort(reason: unknown): void {
    this.leave();
    const controller = this.#strong();
    controller?.abort(reason);
  }

  /** Nobody refers to the context any more. */
  orphaned(): void {
    if (!this.#waiting || this.#controller === null || inUse(this.#controller.signal)) return;
    const { signal } = this.#controller;
    controllers.set(signal, this.#controller);
    collected.register(signal, this);
    this.#weak = new WeakRef(signal);
    this.#controller = null;
    onUse(signal, () => void this.#strong());
  }

  /** Off the list and the heap. */
  leave(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    if (this.#entry !== null) this.#p.timers.remove(this.#entry);
    if (this.#up !== null && !this.#up.told) unhold(this.#up, this);
  }

  #wait(): void {
    this.#waiting = true;
    const { timers } = this.#p;
    if (this.#when !== Infinity) {
      // In a run it may be all that can still wake somebody. Outside, it keeps no process open, as AbortSignal.timeout.
      this.#entry = new RuntimeTimer(timers, (link: SignalLink) => link.tell(), this, this.#p === m.fallback);
      timers.add(this.#entry, this.#when, timers.order());
    }
    if (this.#up !== null) hold(this.#up, this);
  }

  /** The controller, held strongly from now on; null when the signal was collected. */
  #strong(): AbortController | null {
    const signal = this.#weak?.deref();
    if (this.#controller === null && signal !== undefined) this.#controller = controllers.get(signal) ?? null;
    return this.#controller;
  }
}
