/**
 * The contexts that can be cancelled, and the tree they form.
 *
 * Whether a context has ended follows from three things: its own cancel, its own deadline, and whether its parent has
 * ended; the earliest counts. So a context need not be told: `err()` looks upwards and at the clock, and keeps what it
 * found. A context is on its parent's list, and its deadline in the heap, exactly while it is held (`hold.ts`): while
 * somebody waits for its end, or for that of a context below. Consequences:
 * - deriving one is making an object, and one that is forgotten is collected like any object, however long its parent lives;
 * - `err()` is right at any time, also between a deadline and the turn of the timers;
 * - cancelling visits only those that somebody waits for, each once, in a loop.
 *
 * Rejected: Go's way, in which each child is on its parent's list from birth and its deadline in the heap; there `cancel`
 * must be called, or both leak for as long as the parent lives. The same with weak references: two more objects and a
 * finalizer for each context. See docs/decisions/0025-contexts-look-up.md.
 *
 * Looking up is cut short: while no context at all was cancelled (`endings` is what it was) and the earliest deadline above
 * has not passed, nothing can have changed.
 */
import type { RecvChan } from "../chan/types.ts";
import { m } from "../runtime/m.ts";
import { current, type P } from "../runtime/proc.ts";
import type { Time } from "../time/time.ts";
import { CANCEL_CTX, Ctx } from "./ctx.ts";
import { DoneChan } from "./done.ts";
import { Canceled } from "./errors.ts";
import { type Hold, tell } from "./hold.ts";
import { SignalLink } from "./signal-link.ts";
import type { Context } from "./types.ts";

/** All contexts: whether one has ended follows from the others, so exploration takes them for one thing. */
export const CONTEXTS: object = {};

/** How many contexts have ended other than by a deadline. */
let endings = 0;

export class CancelCtx extends Ctx {
  override readonly parent: Context | null;
  /** The nearest ancestor that can be cancelled. */
  readonly up: CancelCtx | null;
  /** The run it was made in: its clock, its heap. */
  readonly p: P;
  /** The earliest deadline, its own or an ancestor's, by this run's clock. */
  due: number;
  /** What has to be asked each time whether it has ended, itself or above: `endings` and `due` don't show it. Null: nothing. */
  readonly asked: CancelCtx | null;
  /** `Canceled` or `DeadlineExceeded`, once that is known. */
  error: Error | undefined = undefined;
  /** The cause, once it has ended. */
  reason: unknown = undefined;
  /** When it ended, by its run's clock; Infinity before. */
  at: number = Infinity;
  /** Those who wait for its end have been told. */
  told = false;
  hold: Hold | null = null;
  #done: DoneChan | null = null;
  #link: SignalLink | null = null;
  /** What `endings` was when nothing above had ended. */
  #seen = -1;

  /** @param outside its end comes from outside, so it has to be asked */
  constructor(parent: Context | null, up: CancelCtx | null, outside = false, p: P = current()) {
    super();
    const here = up !== null && up.p.clock === p.clock;
    this.parent = parent;
    this.up = up;
    this.p = p;
    this.due = here ? up.due : Infinity;
    if (outside) this.asked = this;
    else if (up === null) this.asked = null;
    else this.asked = up.asked ?? (!here && up.due !== Infinity ? up : null);
  }

  override get node(): this {
    return this;
  }

  override get label(): string {
    return "WithCancel";
  }

  override own(key: unknown): { readonly value: unknown } | null {
    return key === CANCEL_CTX ? { value: this } : null;
  }

  override deadline(): Time | undefined {
    return this.up?.deadline();
  }

  override done(): RecvChan<void> {
    this.#done ??= new DoneChan(this);
    return this.#done;
  }

  override get signal(): AbortSignal {
    this.#link ??= new SignalLink(this);
    return this.#link.signal;
  }

  override err(): Error | undefined {
    if (m.touch !== null) m.touch(CONTEXTS);
    if (this.error === undefined && !this.#fresh()) this.#look();
    if (this.error === undefined && this.due !== Infinity) this.p.clock.looked?.(this.due);
    return this.error;
  }

  /** Ends it now, unless it has ended already. */
  cancel(reason: unknown): void {
    if (this.err() !== undefined) return;
    this.finish(Canceled, reason ?? Canceled, this.p.clock.now());
    CancelCtx.ended(this);
  }

  /** `ctx` has ended for a reason that `due` does not show. */
  static ended(ctx: CancelCtx): void {
    endings++;
    tell(ctx);
  }

  /** Its own deadline, Infinity for none, and what the cause is then. */
  limit(): { when: number; late: unknown } {
    return { when: Infinity, late: undefined };
  }

  /** It is held from now on: whatever ends it must come here and tell. */
  arm(): void {}

  /** It is not held any more. */
  disarm(): void {}

  /** `below`, which asks this one, has a deadline: which of the two ends first is to be known. */
  attend(_below: CancelCtx): void {}

  /** `below` has ended. */
  dismiss(_below: CancelCtx): void {}

  /** Whether it has a reason of its own to have ended that nobody came to tell. */
  overdue(): boolean {
    return false;
  }

  /** It has ended, and its parent's state is known: takes over why. */
  conclude(): void {
    const { error, reason, at, p } = this.up as CancelCtx;
    this.finish(error as Error, reason, p.clock === this.p.clock ? at : this.p.clock.now());
  }

  finish(error: Error, reason: unknown, at: number): void {
    if (this.error !== undefined) return;
    this.error = error;
    this.reason = reason;
    this.at = at;
  }

  /** Tells those of its own, beside the list, that it has ended. */
  tell(): void {
    this.#done?.tell();
    this.#link?.abort(this.reason);
  }

  /** Nothing above can have changed since it was last looked at. */
  #fresh(): boolean {
    return this.#seen === endings && this.asked === null && (this.due === Infinity || this.p.clock.now() < this.due);
  }

  /** Looks upwards for what has ended, and lets it take effect from there down to this one. */
  #look(): void {
    if (this.up !== null && this.up.error !== undefined) {
      this.conclude();
      return;
    }
    let top: CancelCtx | null = null;
    for (let c: CancelCtx | null = this; c !== null; c = c.up) {
      if (c.error !== undefined || c.overdue()) top = c;
      if (c.error !== undefined || c.#fresh()) break;
    }
    if (top === null) {
      for (let c: CancelCtx | null = this; c !== null && c.#seen !== endings; c = c.up) c.#seen = endings;
      return;
    }
    const below: CancelCtx[] = [];
    for (let c: CancelCtx = this; c !== top; c = c.up as CancelCtx) below.push(c);
    if (top.error === undefined) top.conclude();
    for (let c = below.pop(); c !== undefined; c = below.pop()) c.conclude();
  }
}
