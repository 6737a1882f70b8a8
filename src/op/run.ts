/** What a primitive is told by the code around it. */
import { m } from "../runtime/m.ts";
import type { P } from "../runtime/proc.ts";

/** A run, as what a thing belongs to: `Thing.p`. */
export type Run = P;

/**
 * The run of the code that runs now: what a thing that is made now belongs to. Never blocks.
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { currentRun } from "millrace/op";
 * await run(() => console.log(currentRun().name), { name: "tests" }); // tests
 * ```
 */
export function currentRun(): Run {
  return m.current();
}

/**
 * Says that code outside of an operation looks at a thing or changes it, so that exploration tries it in another order
 * too. Costs a load where nothing is explored. Never blocks.
 *
 * @param thing what operations are `on`
 *
 * @example
 * ```ts
 * import { currentRun, type Thing, touch } from "millrace/op";
 * class Flag implements Thing {
 *   readonly kind = "Flag";
 *   readonly id = 1;
 *   readonly name = undefined;
 *   readonly p = currentRun();
 *   #up = false;
 *   raise(): void {
 *     touch(this);
 *     this.#up = true;
 *   }
 *   get up(): boolean {
 *     touch(this);
 *     return this.#up;
 *   }
 * }
 * const flag = new Flag();
 * flag.raise();
 * console.log(flag.up); // true
 * ```
 */
export function touch(thing: object): void {
  if (m.touch !== null) m.touch(thing);
}
