/** Things that the program may name: a lock, a group, a limiter. */
import { checkOptions, text } from "./args.ts";

/** Options of what can have a name. */
export interface NameOptions {
  /** A name, shown in dumps, traces and the inspector. */
  readonly name?: string | undefined;
}

/** The name in the options of `what`. */
export function named(what: string, options: NameOptions): string | undefined {
  checkOptions(what, options, "name");
  const { name } = options;
  return name === undefined ? name : text(`${what}: name`, name);
}
