/** Functions of the program that may be parallel: those run on any thread, whatever starts them. */
import type { AsyncScope } from "./async-scope.ts";
import type { Body } from "./body.ts";
import type { G, Watched } from "./g.ts";
import { m } from "./m.ts";
import { ArgumentError, show } from "./panic.ts";
import type { P } from "./proc.ts";

/** Marks a function that may run on another thread, or an object that travels there in a way of its own; as a type. */
export declare const travels: unique symbol;

/** A function that is called where it is given, because what it gets or gives stays on its thread: not a parallel one. */
export type Local<F> = F & { readonly [travels]?: undefined };

/** Starts `fn` as a goroutine of `p`, on any thread if it is a parallel function. */
export function startAnywhere(p: P, fn: Body, args: unknown[], by: G | null, scope?: AsyncScope): Watched {
  return m.others?.go(p, fn, args, by) ?? p.go(fn, args, by, scope);
}

/** Refuses a parallel function where it would be called on this thread, unlike everywhere else. */
export function checkLocal(where: string, fn: object): void {
  if (m.others === null || m.others.call(fn as Body, Infinity) === null) return;
  throw new ArgumentError(
    `${where}: ${show(fn)} is a parallel function, and what this calls stays on its thread; ` +
      "give it a function that starts the parallel one, with go, mapConcurrent or mapStream",
  );
}
