/** The functions of jobs: parallel ones run on any thread. */
import type { Body } from "../runtime/body.ts";
import { m } from "../runtime/m.ts";

/** How long a job on another thread may take to end once it was cancelled, unless the program says otherwise, in milliseconds. */
export const GRACE = 500;

/** How `fn` is called: on any thread, if it is a parallel function, and then with `grace` to end once its context has. */
export function anywhere<A extends unknown[]>(fn: (...args: A) => unknown, grace: number): (...args: A) => unknown {
  return (m.others?.call(fn as Body, grace) as typeof fn | null | undefined) ?? fn;
}
