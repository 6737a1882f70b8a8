/**
 * The context of one job. Most jobs never look at theirs, so what can be cancelled and waited for is made when somebody
 * asks for it; until then this only stands in its place.
 */
import { CancelCtx } from "../context/cancel-ctx.ts";
import { CANCEL_CTX, Ctx } from "../context/ctx.ts";

export class JobCtx extends Ctx {
  /** The pool's. */
  override readonly parent: CancelCtx;
  #made: CancelCtx | null = null;

  constructor(parent: CancelCtx) {
    super();
    this.parent = parent;
  }

  override get node(): CancelCtx {
    this.#made ??= new CancelCtx(this.parent, this.parent, false, this.parent.p);
    return this.#made;
  }

  override get label(): string {
    return this.node.label;
  }

  override own(key: unknown): { readonly value: unknown } | null {
    return key === CANCEL_CTX ? { value: this.node } : null;
  }

  /** The job has ended: nobody may be left to wait for its context. */
  close(): void {
    if (this.#made !== null && this.#made.hold !== null) this.#made.cancel(undefined);
  }
}
