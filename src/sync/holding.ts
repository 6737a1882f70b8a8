/** Running a function of the program's while something is held, such as a lock or a share of one. */
import { Action, call, pending } from "../runtime/action.ts";
import { callable } from "../runtime/args.ts";
import type { Operation } from "../runtime/op.ts";
import { NO } from "../runtime/op.ts";
import type { Result } from "../runtime/run.ts";
import type { Go, Op } from "../runtime/types.ts";

// Not a function expression of the action's: a generator function that is made anew for each costs more than the lock.
function* hold<X>(lock: Op<Disposable>, fn: () => X): Go<Result<X>> {
  const held = yield* lock;
  try {
    return yield* call(fn, []);
  } finally {
    held[Symbol.dispose]();
  }
}

/** Acquires with `lock`, calls `fn` and gives back, however `fn` ends. `what`: what the program calls this. */
export function holding<X>(what: string, lock: Operation<Disposable>, fn: () => X): Action<Result<X>> {
  callable(what, fn);
  const body = (): Go<Result<X>> => hold(lock, fn);
  return new Action(what, body, () => {
    const held = lock.attempt();
    if (held === NO) return NO;
    let result: Promise<unknown> | null = null;
    try {
      const given = fn();
      result = pending(what, given);
      if (result === null) return given as Result<X>;
    } finally {
      if (result === null) held[Symbol.dispose]();
    }
    // `finally` would take two promises more.
    return result.then(
      (value) => {
        held[Symbol.dispose]();
        return value as Result<X>;
      },
      (error) => {
        held[Symbol.dispose]();
        throw error;
      },
    );
  });
}
