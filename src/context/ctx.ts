/**
 * The common base of our contexts: a chain of parents, which values and the text are read from, in loops, because a chain
 * may be a million long.
 */
import { nilChan } from "../chan/nil.ts";
import type { RecvChan } from "../chan/types.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { shownAs } from "../runtime/shown.ts";
import type { Time } from "../time/time.ts";
import type { CancelCtx } from "./cancel-ctx.ts";
import type { Context } from "./types.ts";

/**
 * Asks a context for the nearest one that can be cancelled: the one internal key. Wrappers of contexts pass it on, and
 * another copy of this library answers it.
 */
export const CANCEL_CTX: unique symbol = Symbol.for("millrace.context.cancel");

/** Why `ctx` has ended, where it or something above was made by this library; else what its `err()` says. */
export function causeOf(ctx: Context): unknown {
  const node = ctx.value(CANCEL_CTX) as Partial<Pick<CancelCtx, "err" | "reason">> | null | undefined;
  if (typeof node?.err !== "function") return ctx.err(); // also where a stand-in answers every key
  return node.err() === undefined ? undefined : node.reason;
}

/** The names that the program has given: few contexts have one, so the others pay nothing for it. */
const names = new WeakMap<Ctx, string>();

/** Gives `ctx` the name in the options of `what`. */
export function nameContext<C extends Ctx>(ctx: C, what: string, options: NameOptions | undefined): C {
  const name = options === undefined ? undefined : named(what, options);
  if (name !== undefined) names.set(ctx, name);
  return ctx;
}

export abstract class Ctx implements Context {
  /** What it was derived from; null for a root. Each class has the field itself: see `waiter.ts` for what it costs else. */
  abstract readonly parent: Context | null;
  /** The nearest context, from this one up, that can be cancelled: this one ends when it does. */
  abstract get node(): CancelCtx | null;
  /** The part of the text that this context adds to its parent's. */
  abstract get label(): string;

  /** What it holds for `key` itself; the others are its parent's. */
  own(_key: unknown): { readonly value: unknown } | null {
    return null;
  }

  deadline(): Time | undefined {
    return this.node?.deadline();
  }

  done(): RecvChan<void> {
    return this.node === null ? nilChan<void>() : this.node.done();
  }

  err(): Error | undefined {
    return this.node?.err();
  }

  get signal(): AbortSignal {
    return this.node === null ? neverSignal() : this.node.signal;
  }

  value(key: unknown): never {
    let ctx: Context | null = this;
    while (ctx instanceof Ctx) {
      const found = ctx.own(key);
      if (found !== null) return found.value as never;
      ctx = ctx.parent;
    }
    return ctx?.value(key) as never;
  }

  toString(): string {
    const parts: string[] = [];
    let ctx: Context | null = this;
    for (; ctx instanceof Ctx; ctx = ctx.parent) {
      const name = names.get(ctx);
      parts.push(name === undefined ? ctx.label : `${ctx.label}(${name})`);
    }
    if (ctx !== null) parts.push(textOf(ctx));
    return parts.reverse().join(".");
  }
}

shownAs(Ctx.prototype, String);

/** What the text of a context says of a foreign context, a key or a value: never what is in it, unless it says so itself. */
export function textOf(thing: unknown): string {
  if (typeof thing === "string") return thing;
  if (thing === null || thing === undefined) return "<nil>";
  if (typeof thing === "symbol") return String(thing);
  if (typeof thing !== "object") return typeof thing;
  const text: unknown = thing.toString;
  const builtIn = text === Object.prototype.toString || text === Error.prototype.toString || Array.isArray(thing);
  if (typeof text === "function" && !builtIn) return String(thing);
  const prototype = Object.getPrototypeOf(thing) as { readonly constructor?: { readonly name?: string } } | null;
  return prototype?.constructor?.name || "Object";
}

let never: AbortSignal | null = null;

/** The signal of contexts that can't be cancelled. It never fires, so it keeps no listeners: they would pile up here. */
function neverSignal(): AbortSignal {
  if (never === null) {
    never = new AbortController().signal;
    Object.defineProperty(never, "addEventListener", { value: () => {} });
  }
  return never;
}
