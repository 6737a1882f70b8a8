/** The functions of jobs: parallel ones run on any thread, or elsewhere. */
import type { Body } from "../runtime/body.ts";
import { m } from "../runtime/m.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import type { Go, Op } from "../runtime/types.ts";

/** How long a job on another thread may take to end once it was cancelled, unless the program says otherwise, in milliseconds. */
export const GRACE = 500;

/** What runs parallel functions on other machines: a fleet of `millrace/remote`, or what its `with` gives. */
export interface Elsewhere {
  /**
   * Starts a goroutine there.
   *
   * @param fn a parallel function
   * @param args what to call it with
   */
  go(fn: never, ...args: never[]): { join(): Op<unknown> };
}

export function isElsewhere(on: unknown): on is Elsewhere {
  return typeof (on as Partial<Elsewhere> | null | undefined)?.go === "function";
}

/** How `fn` is called: on any thread, if it is a parallel function, and then with `grace` to end once its context has. */
export function anywhere<A extends unknown[]>(fn: (...args: A) => unknown, grace: number): (...args: A) => unknown {
  return (m.others?.call(fn as Body, grace) as typeof fn | null | undefined) ?? fn;
}

/** The same, or a goroutine of `on` for each call; `where` is for the error when `fn` can't be sent there. */
export function elsewhere<A extends unknown[]>(
  where: string,
  fn: (...args: A) => unknown,
  grace: number,
  on: Elsewhere | undefined,
): (...args: A) => unknown {
  if (on === undefined) return anywhere(fn, grace);
  if (!isElsewhere(on)) throw new ArgumentError(`${where}: on: expected a fleet, got ${show(on)}`);
  if (anywhere(fn, grace) === fn) {
    throw new ArgumentError(`${where}: on: a fleet runs parallel functions; name this one with parallel()`);
  }
  const call = function* (...args: A): Go<unknown> {
    return yield* on.go(fn as never, ...(args as unknown[] as never[])).join();
  };
  return Object.defineProperty(call, "name", { value: fn.name });
}
