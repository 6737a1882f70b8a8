/** Contexts with a deadline of their own: `withDeadline`, `withTimeout`. */
import { keepShape } from "../runtime/shape.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import { formatDuration } from "../time/duration.ts";
import { type Time, timeAt } from "../time/time.ts";
import { CancelCtx } from "./cancel-ctx.ts";
import { DeadlineExceeded } from "./errors.ts";
import { endedBefore, tell } from "./hold.ts";
import type { Context } from "./types.ts";

export class DeadlineCtx extends CancelCtx {
  /** When it ends, by its run's clock. */
  readonly when: number;
  /** The cause it has then. */
  readonly late: unknown;
  #deadline: Time | null;
  #entry: RuntimeTimer | null = null;

  /** @param when by the clock of this run, no later than a deadline above */
  constructor(parent: Context | null, up: CancelCtx | null, when: number, deadline: Time | null, cause: unknown) {
    super(parent, up);
    this.when = when;
    this.due = Math.min(this.due, when);
    this.late = cause ?? DeadlineExceeded;
    this.#deadline = deadline;
    if (when > this.p.clock.now()) {
      this.asked?.attend(this);
      return;
    }
    // Too late already; but what its parent ended of came first.
    if (up !== null && up.err() !== undefined) super.conclude();
    else this.conclude();
  }

  override get label(): string {
    const left = formatDuration(this.when - this.p.clock.now());
    return `WithDeadline(${this.deadline().toISOString()} [${left}])`;
  }

  override deadline(): Time {
    this.#deadline ??= timeAt(this.p.clock, this.when);
    return this.#deadline;
  }

  override arm(): void {
    const { timers } = this.p;
    this.#entry ??= new RuntimeTimer(timers, tell as (ctx: never) => void, this);
    timers.add(this.#entry, this.when, timers.order());
  }

  override disarm(): void {
    if (this.#entry !== null) this.p.timers.remove(this.#entry);
  }

  override limit(): { when: number; late: unknown } {
    return { when: this.when, late: this.late };
  }

  override overdue(): boolean {
    return this.p.clock.now() >= this.when;
  }

  override finish(error: Error, reason: unknown, at: number): void {
    super.finish(error, reason, at);
    this.asked?.dismiss(this);
  }

  override conclude(): void {
    if (endedBefore(this.up, this.p, this.when)) super.conclude();
    else this.finish(DeadlineExceeded, this.late, this.when);
  }
}

for (const ctx of [new CancelCtx(null, null), new DeadlineCtx(null, null, Infinity, null, undefined)]) {
  ctx.cancel(undefined);
  keepShape(ctx);
}
