/** Contexts that carry a value. */
import { Panic } from "../runtime/panic.ts";
import type { Key } from "./key.ts";
import { nodeOf } from "./parent.ts";
import type { Context } from "./types.ts";
import { ValueCtx } from "./value-ctx.ts";

/** What belongs to a key: its type, for one made by `key`. */
export type ValueOf<K> = K extends Key<infer T> ? T : unknown;

/**
 * Derives a context in which `key` has `value`. For what belongs to a request and crosses many functions, not for optional
 * parameters. Keys are compared with `===`; one made by `key` belongs to its module alone and knows the type.
 * Source: https://pkg.go.dev/context#WithValue
 *
 * @param parent the context to derive from
 * @param key made by `key`, or any value but null and undefined
 * @param value what `ctx.value(key)` gives from here down
 * @throws Panic NIL_CONTEXT when `parent` is null or undefined, NIL_KEY when `key` is; ArgumentError when `parent` is no
 *   context
 *
 * @example
 * ```ts
 * import { background, key, withValue } from "millrace/context";
 * const traceID = key<string>("traceID");
 * const ctx = withValue(withValue(background(), traceID, "t-1"), "userID", 42);
 * console.log(ctx.value(traceID), ctx.value("userID"), ctx.value("other")); // t-1 42 undefined
 * ```
 */
export function withValue<K>(parent: Context, key: K, value: ValueOf<K>): Context {
  const node = nodeOf("withValue", parent);
  if (key === null || key === undefined) throw new Panic("NIL_KEY", `withValue: got ${String(key)}`);
  return new ValueCtx(parent, node, key, value);
}
