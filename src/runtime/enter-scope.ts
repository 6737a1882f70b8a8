/** Going on in another async scope, for a goroutine that does the work of several: a worker's jobs have their submitters'. */
import { type AsyncScope, frames } from "./async-scope.ts";
import { GO_ON } from "./m.ts";
import { Operation, performer, postpone, step } from "./op.ts";
import { NOTHING, type Thing } from "./thing.ts";
import type { Op, Parked } from "./types.ts";

class EnterScope extends Operation<void> {
  readonly #scope: AsyncScope;

  constructor(scope: AsyncScope) {
    super();
    this.#scope = scope;
  }

  override get verb(): string {
    return "yield";
  }

  override get on(): Thing {
    return NOTHING;
  }

  override attempt(): void {
    frames?.set(this.#scope);
  }

  override enqueue(): void {}

  override dequeue(): void {}

  /** Where a scope is entered, and not set, the goroutine goes back to the scheduler, which resumes it at once. */
  override [Symbol.iterator](): Iterator<Parked, void, unknown> {
    if (frames !== null) return super[Symbol.iterator]();
    const g = performer();
    g.scope = this.#scope;
    postpone(g, this, GO_ON);
    return step;
  }
}

/** Whether the goroutine that runs now is in `scope`. */
export function isIn(scope: AsyncScope): boolean {
  return scope === (frames === null ? performer().scope : frames.current());
}

/** Goes on in `scope`. Lets no other goroutine run. */
export function enterScope(scope: AsyncScope): Op<void> {
  return new EnterScope(scope);
}
