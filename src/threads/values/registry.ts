/** The parallel functions of this thread, by name. */
import { asGenerator, type Body, isIterator, isThenable } from "../../runtime/body.ts";
import { isCommonJs } from "../../runtime/built.ts";
import { once } from "../../runtime/copies.ts";
import { Operation } from "../../runtime/op.ts";
import { ArgumentError, FatalError, Goexit, show } from "../../runtime/panic.ts";
import { wait } from "../../runtime/promise.ts";
import type { Go, Parked } from "../../runtime/types.ts";

/** What is known of a parallel function. */
export interface Parallel {
  readonly name: string;
  /** The module that it is in. */
  url: string;
  /** Whether any thread can import that: it is no code of `--eval`, and no bundle that does not know where it is. */
  importable: boolean;
  /** Whether it was named by the CommonJS build of this library: threads load the same one. */
  commonjs: boolean;
  fn: Body;
  /** Its name in the shared memory, once it was sent. */
  pointer: number;
  /** It gives what it throws, as a result. */
  readonly caught?: boolean;
  /** The one that does so for it, once that was wanted. */
  catching?: Parallel;
}

/** How a job's own function is called: where it can be known later which job an error of its belongs to, so that it is. */
export const job: { call(fn: Body, args: never[]): unknown } = once("job", () => ({
  call: (fn: Body, args: never[]): unknown => fn(...args),
}));

/** What a function that was caught gives. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** Before the name of a function, on its way: it is to be caught. No function has such a name. */
export const CAUGHT = "\n";

/** The parallel function that gives what `f` throws as a result. */
export function caught(f: Parallel): Parallel {
  if (f.catching === undefined || f.catching.url !== f.url) {
    const fn = function* (...args: never[]): Go<Outcome> {
      try {
        return { ok: true, value: yield* settled(job.call(f.fn, args)) };
      } catch (error) {
        if (error instanceof Goexit || error instanceof FatalError) throw error;
        return { ok: false, error };
      }
    };
    Object.defineProperty(fn, "name", { value: f.fn.name });
    f.catching = {
      name: f.name,
      url: f.url,
      importable: f.importable,
      commonjs: f.commonjs,
      fn,
      pointer: 0,
      caught: true,
    };
  }
  return f.catching;
}

/** What a function gave, waited for whatever it is. */
function* settled(given: unknown): Go<unknown> {
  if (typeof given !== "object" || given === null) return given;
  if (given instanceof Operation || isIterator(given)) return yield* asGenerator(given as Iterable<Parked, unknown>);
  return isThenable(given) ? yield* wait(given) : given;
}

/** Where a parallel function keeps what is known of it. */
export const PARALLEL: unique symbol = Symbol.for("millrace parallel") as never;

/** Those of this thread, by name. */
export const parallels: Map<string, Parallel> = once("parallels", () => new Map<string, Parallel>());

/** `fn`, if it is parallel. */
export function parallelOf(fn: Body): Parallel | undefined {
  return (fn as { [PARALLEL]?: Parallel })[PARALLEL];
}

/** Adds one. */
export function register(name: string, url: string, fn: Body): void {
  const before = parallels.get(name);
  if (before !== undefined && before.fn !== fn && file(before.url) !== file(url)) {
    throw new ArgumentError(
      `parallel: ${show(name)} is the name of a function in ${before.url}, so ${url} needs another`,
    );
  }
  // The same module again, as tools evaluate it that watch files: the newest counts.
  const entry: Parallel = before ?? {
    name,
    url,
    importable: isImportable(url),
    commonjs: isCommonJs(),
    fn,
    pointer: 0,
  };
  if (!Reflect.defineProperty(fn, PARALLEL, { value: entry, configurable: true })) {
    throw new ArgumentError(`parallel: ${show(fn)} is frozen and can't be marked`);
  }
  // What stacks and dumps call a function that has no name of its own.
  if (fn.name === "") Reflect.defineProperty(fn, "name", { value: name, configurable: true });
  entry.fn = fn;
  entry.commonjs = isCommonJs();
  if (entry.url !== url) {
    entry.url = url;
    entry.importable = isImportable(url);
    entry.pointer = 0;
  }
  parallels.set(name, entry);
}

function isImportable(url: string): boolean {
  return url !== "" && !/\[(eval|stdin)\d*\]$/.test(url);
}

/** A module's URL without what tools add to it. */
function file(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
