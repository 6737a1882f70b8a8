/** Keys of context values that know the type of their value. */
import { text } from "../runtime/args.ts";

declare const valueType: unique symbol;

/** A key for values of type `T`. Made by `key`; no two are the same, whatever their names. */
export interface Key<in out T> {
  /** What it was called when it was made, for people: keys of the same name are different keys. */
  readonly name: string;
  /** The name, as the text of a context shows it. */
  toString(): string;
  readonly [valueType]?: (value: T) => T;
}

export class ContextKey {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  toString(): string {
    return this.name;
  }
}

/**
 * Makes a key for `withValue` and `Context.value` that remembers the type of its value. A key is equal to itself only, so
 * packages can't get into each other's way.
 * Source: https://pkg.go.dev/context#WithValue
 *
 * @param name what it is called in the text of a context
 * @throws ArgumentError when `name` is no string
 *
 * @example
 * ```ts
 * import { background, key, withValue } from "millrace/context";
 * const userID = key<number>("userID");
 * const ctx = withValue(background(), userID, 42);
 * console.log(ctx.value(userID)); // 42
 * ```
 */
export function key<T>(name: string): Key<T> {
  text("key", name);
  return new ContextKey(name);
}
