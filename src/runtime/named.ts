/** Things that the program may name: a lock, a group, a limiter. */
import { ArgumentError, show } from "./panic.ts";

/** Options of what can have a name. */
export interface NameOptions {
  /** A name, shown in dumps, traces and the inspector. */
  readonly name?: string | undefined;
}

/** The name in the options of `what`. */
export function named(what: string, options: NameOptions): string | undefined {
  if (typeof options !== "object" || options === null) {
    throw new ArgumentError(`${what}: expected options like { name }, got ${show(options)}`);
  }
  const { name } = options;
  if (name === undefined || typeof name === "string") return name;
  throw new ArgumentError(`${what}: name must be a string, got ${show(name)}`);
}
