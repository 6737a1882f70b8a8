/** What may be a parent, and what it means for those below. */
import { unexpected } from "../runtime/args.ts";
import { Panic } from "../runtime/panic.ts";
import type { CancelCtx } from "./cancel-ctx.ts";
import { Ctx } from "./ctx.ts";
import { ForeignCtx } from "./outside-ctx.ts";
import type { Context } from "./types.ts";

const foreign = new WeakMap<Context, ForeignCtx>();

/** The nearest context, from `parent` up, that can be cancelled. Panics when there is no parent. */
export function nodeOf(where: string, parent: Context): CancelCtx | null {
  if (parent instanceof Ctx) return parent.node;
  if (parent === null || parent === undefined) throw new Panic("NIL_CONTEXT", `${where}: got ${String(parent)}`);
  const { deadline, done, err, value } = parent as Partial<Context>;
  if (![deadline, done, err, value].every((method) => typeof method === "function")) {
    throw unexpected(where, "a context", parent);
  }
  let node = foreign.get(parent);
  if (node === undefined) {
    node = new ForeignCtx(parent);
    foreign.set(parent, node);
  }
  return node;
}
