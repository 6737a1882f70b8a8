/**
 * What is thrown because a context has ended.
 *
 * Mostly that is its `err()`, one of the two sentinels, which says all there is. Where the program has given a cause it would be
 * lost there, because a sentinel is one object for all contexts; so it is an error with the sentinel's name and message, and that
 * cause. A platform's own reason of an abort says no more than the sentinel.
 */
import { rejectedWith } from "../runtime/rejection.ts";
import { causeOf } from "./ctx.ts";
import type { Context } from "./types.ts";

/**
 * What is thrown because `ctx` has ended.
 *
 * @param cause why, where something else than its own cause is to be said
 */
export function thrownFor(ctx: Context, cause: unknown = causeOf(ctx)): Error {
  const error = ctx.err() as Error;
  if (cause === undefined || cause === error || isPlatforms(cause, error.name)) return error;
  const thrown = Object.defineProperty(new Error(error.message, { cause }), "name", { value: error.name });
  rejectedWith(thrown); // so that the place where it is thrown is added to its stack
  return thrown;
}

function isPlatforms(cause: unknown, name: string): boolean {
  return typeof DOMException === "function" && cause instanceof DOMException && cause.name === name;
}
