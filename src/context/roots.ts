/** The contexts that everything begins with. */

import type { Context } from "./types.ts";
import { RootCtx } from "./value-ctx.ts";

const backgroundCtx = new RootCtx("context.Background");
const todoCtx = new RootCtx("context.TODO");

/**
 * The root of all contexts: never cancelled, no deadline, no values. For `main`, for tests, and at the top of a request.
 * Source: https://pkg.go.dev/context#Background
 *
 * @example
 * ```ts
 * import { background } from "millrace/context";
 * console.log(String(background()), background().err()); // context.Background undefined
 * ```
 */
export function background(): Context {
  return backgroundCtx;
}

/**
 * The same as `background`, where it is not clear yet which context to use.
 * Source: https://pkg.go.dev/context#TODO
 *
 * @example
 * ```ts
 * import { todo } from "millrace/context";
 * console.log(String(todo())); // context.TODO
 * ```
 */
export function todo(): Context {
  return todoCtx;
}
