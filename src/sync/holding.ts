/** Running a function of the program's while something is held, such as a lock or a share of one. */
import { Action, call, checkCallable } from "../runtime/action.ts";
import type { Op } from "../runtime/op.ts";
import type { Result } from "../runtime/run.ts";

/** Acquires with `lock`, calls `fn` and gives back, however `fn` ends. `what`: what the program calls this. */
export function holding<X>(what: string, lock: Op<Disposable>, fn: () => X): Action<Result<X>> {
  checkCallable(what, fn);
  return new Action(what, function* () {
    const held = yield* lock;
    try {
      return yield* call(fn, []);
    } finally {
      held[Symbol.dispose]();
    }
  });
}
