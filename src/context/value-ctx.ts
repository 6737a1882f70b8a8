/** Contexts that can't be cancelled by themselves: the roots, those with a value, those cut off from cancellation. */
import type { CancelCtx } from "./cancel-ctx.ts";
import { CANCEL_CTX, Ctx, textOf } from "./ctx.ts";
import type { Context } from "./types.ts";

export class RootCtx extends Ctx {
  override readonly parent: null = null;
  readonly label: string;

  constructor(label: string) {
    super();
    this.label = label;
  }

  override get node(): null {
    return null;
  }
}

export class ValueCtx extends Ctx {
  override readonly parent: Context;
  readonly key: unknown;
  readonly held: unknown;
  /** Its parent's. */
  readonly node: CancelCtx | null;

  constructor(parent: Context, node: CancelCtx | null, key: unknown, value: unknown) {
    super();
    this.parent = parent;
    this.node = node;
    this.key = key;
    this.held = value;
  }

  override get label(): string {
    return `WithValue(${textOf(this.key)}, ${textOf(this.held)})`;
  }

  override own(key: unknown): { readonly value: unknown } | null {
    return key === this.key ? { value: this.held } : null;
  }
}

export class WithoutCancelCtx extends Ctx {
  override readonly parent: Context;

  constructor(parent: Context) {
    super();
    this.parent = parent;
  }

  override get node(): null {
    return null;
  }

  override get label(): string {
    return "WithoutCancel";
  }

  override own(key: unknown): { readonly value: unknown } | null {
    return key === CANCEL_CTX ? { value: undefined } : null;
  }
}
