/** The parallel functions of this thread, by name. */
import type { Body } from "../runtime/body.ts";
import { once } from "../runtime/copies.ts";
import { ArgumentError, show } from "../runtime/panic.ts";

/** What is known of a parallel function. */
export interface Parallel {
  readonly name: string;
  /** The module that it is in. */
  url: string;
  fn: Body;
  /** Its name in the shared memory, once it was sent. */
  pointer: number;
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
  const entry: Parallel = before ?? { name, url, fn, pointer: 0 };
  if (!Reflect.defineProperty(fn, PARALLEL, { value: entry, configurable: true })) {
    throw new ArgumentError(`parallel: ${show(fn)} is frozen and can't be marked`);
  }
  // What stacks and dumps call a function that has no name of its own.
  if (fn.name === "") Reflect.defineProperty(fn, "name", { value: name, configurable: true });
  entry.fn = fn;
  if (entry.url !== url) {
    entry.url = url;
    entry.pointer = 0;
  }
  parallels.set(name, entry);
}

/** A module's URL without what tools add to it. */
function file(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
