/**
 * The values of a context on their way to another thread or process. A key that `key` made is found by its name there,
 * because each has one of its own.
 */
import type { CancelCtx } from "./cancel-ctx.ts";
import { Ctx } from "./ctx.ts";
import { ContextKey } from "./key.ts";
import type { Context } from "./types.ts";
import { ValueCtx } from "./value-ctx.ts";

/** A value on its way. `named`: the key is one that `key` made, and this is its name. */
export interface Entry {
  readonly named: boolean;
  readonly key: unknown;
  readonly value: unknown;
}

/** Values that came with a context from elsewhere. */
export class CarriedValues extends Ctx {
  override readonly parent: Context;
  readonly node: CancelCtx | null;
  readonly entries: readonly Entry[];

  constructor(parent: Context, node: CancelCtx | null, entries: readonly Entry[]) {
    super();
    this.parent = parent;
    this.node = node;
    this.entries = entries;
  }

  override get label(): string {
    return `WithValues(${this.entries.map(({ key }) => String(key)).join(", ")})`;
  }

  override own(key: unknown): { readonly value: unknown } | null {
    const named = key instanceof ContextKey;
    const wanted = named ? key.name : key;
    return this.entries.find((entry) => entry.named === named && entry.key === wanted) ?? null;
  }
}

/** The values of `from` that `travels` says can travel, the nearest first. */
export function valuesOf(from: Context, travels: (entry: Entry) => boolean): Entry[] {
  const entries: Entry[] = [];
  const add = (entry: Entry): void => {
    if (entries.some(({ named, key }) => named === entry.named && key === entry.key)) return;
    if (travels(entry)) entries.push(entry);
  };
  for (let ctx: Context | null = from; ctx instanceof Ctx; ctx = ctx.parent) {
    if (ctx instanceof ValueCtx) {
      if (ctx.key instanceof ContextKey) add({ named: true, key: ctx.key.name, value: ctx.held });
      else if (typeof ctx.key !== "object") add({ named: false, key: ctx.key, value: ctx.held });
    } else if (ctx instanceof CarriedValues) ctx.entries.forEach(add);
  }
  return entries;
}
