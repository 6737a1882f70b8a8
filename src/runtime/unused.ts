/**
 * Operations that were made and never performed. A forgotten `yield*` is the commonest mistake with generators, and a
 * silent one: `ch.send(1);` alone does nothing. In debug mode each operation is handed out in a wrapper that knows
 * whether it was performed, and what is left is reported when its goroutine ends, or the run.
 */
import type { G } from "./g.ts";
import { writeError } from "./host.ts";
import { m } from "./m.ts";
import { type NO, Operation } from "./op.ts";
import { current } from "./proc.ts";
import { type On, reasonOf, thingOf } from "./thing.ts";
import { callSite } from "./traceback.ts";
import type { Op, Parked } from "./types.ts";
import type { Waiter } from "./waiter.ts";

class Watched<T> extends Operation<T> {
  readonly #op: Operation<T>;
  readonly #unused: Unused;

  constructor(op: Operation<T>, unused: Unused) {
    super();
    this.#op = op;
    this.#unused = unused;
  }

  /** It is part of another operation, which answers for it from now on. */
  contained(): void {
    this.#unused.used(this);
  }

  override get verb(): string {
    return this.#op.verb;
  }

  override get on(): On {
    return this.#op.on;
  }

  override attempt(): T | NO {
    this.#unused.used(this);
    return this.#op.attempt();
  }

  override enqueue(w: Waiter): void {
    this.#op.enqueue(w);
  }

  override dequeue(w: Waiter): void {
    this.#op.dequeue(w);
  }

  override get names(): readonly (string | number)[] | undefined {
    return this.#op.names;
  }

  override [Symbol.iterator](): Iterator<Parked, T, unknown> {
    this.#unused.used(this);
    return this.#op[Symbol.iterator]();
  }
}

interface Made {
  readonly by: G | null;
  readonly site: string;
  /** What an action is called; an operation says it itself. */
  readonly what: string;
}

export class Unused {
  readonly #made = new Map<object, Made>();

  watch<T>(op: Op<T>): Op<T> {
    const watched = new Watched(op as Operation<T>, this);
    this.#made.set(watched, { by: m.curg, site: callSite(this.watch, 2), what: "" });
    return watched;
  }

  /** Watches a composite action, which says itself when it is performed. */
  watchAction(action: object, what: string): void {
    this.#made.set(action, { by: m.curg, site: callSite(this.watchAction, 2), what });
  }

  used(op: object): void {
    this.#made.delete(op);
  }

  /** Warns of what `g` left; of everything for null. */
  report(g: G | null): void {
    for (const [made, { by, site, what: action }] of this.#made) {
      if (g !== null && by !== g) continue;
      this.#made.delete(made);
      const who = by === null ? "an operation" : `goroutine ${by.id} (${by.name}) made an operation that`;
      const what = made instanceof Operation ? nameOf(made) : action;
      writeError(`millrace: ${who} was never performed: ${what}, made at ${site}. Is a yield* or await missing?\n`);
    }
  }
}

function nameOf(op: Operation<unknown>): string {
  const reason = reasonOf(op);
  const thing = thingOf(op);
  if (thing?.label !== undefined) return `${reason}, ${thing.label}`;
  return thing === null || thing.name === undefined || thing.kind === "goroutine"
    ? reason
    : `${reason} "${thing.name}"`;
}

/**
 * Passes an operation on to users: every function that makes one ends with it. In debug mode an operation that is never
 * performed is warned of then; otherwise it is given back as it is.
 *
 * @param op the operation
 *
 * @example
 * ```ts
 * import { made, NO, Operation } from "millrace/op";
 * class Never extends Operation<never> {
 *   override get verb() { return "wait"; }
 *   override get on() { return null; }
 *   override attempt(): typeof NO { return NO; }
 *   override enqueue() {}
 *   override dequeue() {}
 * }
 * const never = new Never();
 * console.log(made(never) === never); // true
 * ```
 */
export function made<T>(op: Op<T>): Op<T> {
  return m.watching === 0 ? op : (current().unused?.watch(op) ?? op);
}

/** For what makes an operation out of others: from now on it answers for `op`, which may lose and never be attempted. */
export function contained(op: Op<unknown>): void {
  if (m.watching > 0 && op instanceof Watched) op.contained();
}
