/**
 * Doing something once (Go's `sync.Once` and `sync.OnceValue`).
 *
 * Invariant: nobody's `do` returns before the one call has ended; those who come meanwhile wait for the lock it holds.
 *
 * "Once" without that lock, a flag that is set before the call, is wrong: the second caller would go on while the first
 * is still at it.
 */
import { Action, call, checkCallable } from "../runtime/action.ts";
import { tap, tellSync } from "../runtime/events.ts";
import { m } from "../runtime/m.ts";
import { numbers } from "../runtime/numbers.ts";
import type { Go } from "../runtime/op.ts";
import type { Result } from "../runtime/run.ts";
import { Mutex } from "./mutex.ts";

/**
 * An object that does exactly one thing.
 * Source: https://pkg.go.dev/sync#Once
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { Once } from "millrace/sync";
 * await run(function* () {
 *   const once = new Once();
 *   yield* once.do(() => console.log("only once"));
 *   yield* once.do(() => console.log("not again"));
 * });
 * ```
 */
export class Once {
  readonly #mu = new Mutex();
  #done = false;
  readonly #label: string = `Once ${++numbers.onces}`;

  /**
   * Calls `fn` if this is the first call of `do` for this object, whatever `fn` is passed.
   *
   * Blocks until the one call has returned; for ever when called from within it. When `fn` throws, that is thrown where
   * it was called, and it counts as done. Can't be a case of a select.
   * Source: https://pkg.go.dev/sync#Once.Do
   *
   * @param fn a generator, async or plain function
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   */
  do(fn: () => unknown): Action<void> {
    checkCallable("Once.do", fn);
    return new Action("Once.do", () => this.#do(fn));
  }

  *#do(fn: () => unknown): Go {
    if (m.touch !== null) m.touch(this);
    if (this.#done) {
      if (tap.listener !== null) tellSync("acquire", m.current(), this.#label);
      return;
    }
    const held = yield* this.#mu.lock();
    try {
      if (!this.#done) yield* call(fn, []);
    } finally {
      if (m.touch !== null) m.touch(this);
      this.#done = true;
      if (tap.listener !== null) tellSync("release", m.current(), this.#label);
      held[Symbol.dispose]();
    }
  }
}

/**
 * Makes a function that calls `fn` on its first call and gives that call's result on each.
 *
 * What it gives is an action: it blocks until the one call has returned. When `fn` throws, every call throws the same.
 * Source: https://pkg.go.dev/sync#OnceValue
 *
 * @param fn a generator, async or plain function
 * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
 *
 * @example
 * ```ts
 * import { onceValue } from "millrace/sync";
 * const config = onceValue(async () => ({ port: 8080 }));
 * console.log((await config()).port, (await config()) === (await config())); // 8080 true
 * ```
 */
export function onceValue<X>(fn: () => X): () => Action<Result<X>> {
  checkCallable("onceValue", fn);
  const once = new Once();
  let outcome!: { readonly value: Result<X> } | { readonly error: unknown };
  const first = function* (): Go {
    try {
      outcome = { value: yield* call(fn, []) };
    } catch (error) {
      outcome = { error };
      throw error;
    }
  };
  return () =>
    new Action("onceValue", function* () {
      yield* once.do(first);
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    });
}
