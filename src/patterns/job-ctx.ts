/**
 * The context of one job. Most jobs never look at theirs, so what can be cancelled and waited for is made when somebody
 * asks for it; until then this only stands in its place.
 */
import { CancelCtx } from "../context/cancel-ctx.ts";
import { CANCEL_CTX, Ctx } from "../context/ctx.ts";
import type { Context } from "../context/types.ts";

export class JobCtx extends Ctx {
  /** The pool's. */
  override readonly parent: CancelCtx;
  #made: CancelCtx | null = null;
  /** The submitter's, whose values it has before the pool's. */
  readonly #contexts: readonly Context[];

  constructor(parent: CancelCtx, contexts: readonly Context[]) {
    super();
    this.parent = parent;
    this.#contexts = contexts;
  }

  override get node(): CancelCtx {
    this.#made ??= new CancelCtx(this.parent, this.parent, false, this.parent.p);
    return this.#made;
  }

  override get label(): string {
    return this.node.label;
  }

  override own(key: unknown): { readonly value: unknown } | null {
    if (key === CANCEL_CTX) return { value: this.node };
    for (const ctx of this.#contexts) {
      const value: unknown = ctx.value(key as never);
      if (value !== undefined) return { value };
    }
    return null;
  }

  /** The job has ended: nobody may be left to wait for its context. */
  close(): void {
    if (this.#made !== null && this.#made.hold !== null) this.#made.cancel(undefined);
  }
}
