/**
 * Functions that any thread knows, by a name.
 *
 * JavaScript functions can't be sent anywhere, so a thread must find the function in a module that it has loaded itself.
 * The name is a string that the program chooses, because bundlers and minifiers rename functions; the module is for Node,
 * where a thread that does not know the name imports it.
 *
 * Rejected: sending the source of a function (its imports and outer variables are not in it, tools rewrite it, and a strict
 * Content-Security-Policy forbids to evaluate it); export names (renamed as well); the place in the source (lost in a bundle).
 */
import { callable, unexpected } from "../runtime/args.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import { takePart } from "./part.ts";
import { crew } from "./sched/crew.ts";
import type { MakeWorker } from "./sched/thread.ts";
import type { Parallel, SendableFunction } from "./sendable.ts";
import { parallelOf, register } from "./values/registry.ts";

interface Meta {
  readonly url?: string | null;
  readonly worker?: MakeWorker;
}

/**
 * Names a function of a module, so that `go` can start it on any thread.
 *
 * Gives the function itself: called, it is an ordinary function. `go` of it sends name and arguments to a thread that
 * has nothing to do, which finds the function in its own copy of the module; so module variables are each thread's own, and
 * the module must be one that can be imported again. What its top level starts runs on the first thread alone: `main` does
 * nothing on others, and a `run` or a parallel goroutine there never ends.
 * What can travel as an argument, result or panic is what `Sendable` says.
 *
 * @param meta `import.meta` of the module that calls this, at its top level
 * @param name a name that no other parallel function of the program has
 * @param fn a generator, async or plain function; its arguments and its result must be `Sendable`, or it does not compile
 * @throws ArgumentError when the name is taken, or `fn` has one already
 *
 * @example
 * ```ts
 * import { go, run } from "millrace";
 * import { parallel } from "millrace/threads";
 * const square = parallel({ url: "here" }, "square", (n: number) => n * n);
 * console.log(square(3)); // 9
 * ```
 */
export function parallel<F extends (...args: never[]) => unknown>(
  meta: { readonly url: string },
  name: string,
  fn: F & SendableFunction<F>,
): Parallel<F> {
  // A bundle in CommonJS has an empty object in its place; that of the plug-in for bundlers says what starts a thread, too.
  const { url = "", worker } = (typeof meta === "object" && meta !== null ? meta : { url: null }) as Meta;
  if (typeof url !== "string") throw unexpected("parallel", "import.meta", meta);
  if (typeof name !== "string" || name === "" || name.includes("\n")) {
    throw unexpected("parallel", "a name", name);
  }
  callable("parallel", fn);
  const known = parallelOf(fn);
  if (known !== undefined && known.name !== name) {
    throw new ArgumentError(`parallel: this function is ${show(known.name)} already, so it can't be ${show(name)} too`);
  }
  register(name, url, fn);
  takePart();
  if (worker !== undefined) crew.offer(worker);
  return fn as F as Parallel<F>;
}
