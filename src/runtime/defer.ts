import { checkLocal, type Local } from "./anywhere.ts";
import { unexpected } from "./args.ts";

/**
 * Calls `fn` at the end of the block it stands in: Go's `defer`, by way of `using`.
 *
 * Deferred calls run last in, first out, whether the block ends by return, throw or `goexit`. Unlike Go's they run at the
 * end of the block, not of the function.
 * Source: https://go.dev/ref/spec#Defer_statements
 *
 * @param fn called once; what it returns is ignored, so it can't block (use `finally` for that)
 * @throws ArgumentError when `fn` is no function
 *
 * @example
 * ```ts
 * import { defer } from "millrace";
 * {
 *   using _ = defer(() => console.log("second"));
 *   console.log("first");
 * }
 * ```
 */
export function defer(fn: Local<() => void>): Disposable {
  if (typeof fn !== "function") throw unexpected("defer", "a function", fn);
  checkLocal("defer", fn);
  return { [Symbol.dispose]: fn };
}
