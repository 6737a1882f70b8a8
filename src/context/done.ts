/** The channel of `ctx.done()`: closed once the context has ended. It holds the context while somebody is parked on it. */
import type { CLOSED } from "../chan/closed.ts";
import { RecvOnly } from "../chan/recv-only.ts";
import { NO } from "../runtime/op.ts";
import { type CancelCtx, CONTEXTS } from "./cancel-ctx.ts";
import { hold, unhold } from "./hold.ts";

export class DoneChan extends RecvOnly<void> {
  readonly #ctx: CancelCtx;

  constructor(ctx: CancelCtx) {
    super(ctx.p, ctx);
    this.#ctx = ctx;
  }

  override get touches(): object {
    return CONTEXTS;
  }

  override ready(): boolean {
    return this.#ctx.err() !== undefined;
  }

  override take(): typeof CLOSED | NO {
    return this.#ctx.err() === undefined ? NO : this.drained();
  }

  /** The context has ended. */
  tell(): void {
    this.closed();
    this.#release();
  }

  #release(): void {
    for (let w = this.queue.shift(); w !== null; w = this.queue.shift()) w.complete(undefined, false);
  }

  protected override watched(): void {
    if (this.#ctx.told) this.#release();
    else hold(this.#ctx, null);
  }

  protected override unwatched(): void {
    if (!this.#ctx.told) unhold(this.#ctx, null);
  }
}
