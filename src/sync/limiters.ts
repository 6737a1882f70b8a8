/**
 * A limiter for each key. Those that are idle are dropped, since a new one would do the same: at each look-up that follows as many
 * as there are keys, so a look-up costs the same however many there are.
 */
import { callable } from "../runtime/args.ts";

/** A limiter, as far as it is needed here: a `Limiter`, a `WindowLimiter`. */
export interface Idle {
  /** Whether it is as when it was made. */
  readonly idle: boolean;
}

/**
 * A limiter for each key, such as a user or a host, made when it is first asked for and dropped when it is idle.
 *
 * @example
 * ```ts
 * import { Limiters, WindowLimiter } from "millrace/sync";
 * const perUser = new Limiters((user: string) => new WindowLimiter(user === "admin" ? 100 : 2, 1000));
 * console.log(perUser.for("ada").allow(), perUser.for("ada").allow(), perUser.for("ada").allow()); // true true false
 * console.log(perUser.for("bob").allow()); // true
 * ```
 */
export class Limiters<K, L extends Idle> {
  readonly #make: (key: K) => L;
  readonly #all = new Map<K, L>();
  #lookups = 0;

  /**
   * Makes one without keys.
   *
   * @param make makes the limiter of a key
   * @throws Panic NIL_FUNCTION when it is null or undefined, ArgumentError when it is not a function
   */
  constructor(make: (key: K) => L) {
    callable("new Limiters", make);
    this.#make = make;
  }

  /** How many limiters it has now. */
  get size(): number {
    return this.#all.size;
  }

  /**
   * The limiter of a key. Ask each time and don't keep it: one that was idle may have been dropped since.
   *
   * @param key compared as in a `Map`
   */
  for(key: K): L {
    if (++this.#lookups > this.#all.size) this.#sweep();
    let limiter = this.#all.get(key);
    if (limiter === undefined) {
      limiter = this.#make(key);
      this.#all.set(key, limiter);
    }
    return limiter;
  }

  #sweep(): void {
    this.#lookups = 0;
    for (const [key, limiter] of this.#all) if (limiter.idle) this.#all.delete(key);
  }
}
