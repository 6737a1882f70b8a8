/**
 * Doing something once (Go's `sync.Once`, `sync.OnceFunc` and its like).
 *
 * Invariant: nobody's `do` returns before the one call has ended; those who come meanwhile wait for the lock it holds.
 *
 * "Once" without that lock, a flag that is set before the call, is wrong: the second caller would go on while the first
 * is still at it.
 */
import { Action, call } from "../runtime/action.ts";
import { callable } from "../runtime/args.ts";
import { tap, tellSync } from "../runtime/events.ts";
import { m } from "../runtime/m.ts";
import { numbers } from "../runtime/numbers.ts";
import { NO } from "../runtime/op.ts";
import type { Result } from "../runtime/run.ts";
import { labelOf } from "../runtime/thing.ts";
import type { Go } from "../runtime/types.ts";
import { LockOp } from "./mutex.ts";

let isDone: (once: Once) => boolean;

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
  static {
    isDone = (once) => once.#isDone();
  }

  #done = false;
  readonly #lock: LockOp = new LockOp("Once", ++numbers.onces);

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
    callable("Once.do", fn);
    return new Action(
      "Once.do",
      () => this.#do(fn),
      () => (this.#isDone() ? undefined : NO),
    );
  }

  /** Whether the one call has returned, which then comes before whatever follows. */
  #isDone(): boolean {
    if (m.touch !== null) m.touch(this);
    if (this.#done && tap.listener !== null) tellSync("acquire", m.current(), labelOf(this.#lock) as string);
    return this.#done;
  }

  *#do(fn: () => unknown): Go {
    if (this.#isDone()) return;
    const held = yield* this.#lock;
    try {
      if (!this.#done) yield* call(fn, []);
    } finally {
      if (m.touch !== null) m.touch(this);
      this.#done = true;
      if (tap.listener !== null) tellSync("release", m.current(), labelOf(this.#lock) as string);
      held[Symbol.dispose]();
    }
  }
}

/** What `onceFunc` and its like give: `fn` is called in the first performance, and not kept after that. */
function onceAction<T>(where: string, fn: () => unknown): () => Action<T> {
  callable(where, fn);
  const once = new Once();
  let outcome!: { readonly value: unknown } | { readonly error: unknown };
  let unused: (() => unknown) | null = fn;
  const first = function* (): Go {
    const now = unused as () => unknown;
    unused = null;
    try {
      outcome = { value: yield* call(now, []) };
    } catch (error) {
      outcome = { error };
      throw error;
    }
  };
  const result = (): T => {
    if ("error" in outcome) throw outcome.error;
    return outcome.value as T;
  };
  const body = function* (): Go<T> {
    yield* once.do(first);
    return result();
  };
  return () => new Action(where, body, () => (isDone(once) ? result() : NO));
}

/**
 * Makes a function whose action calls `fn` in the first performance only.
 *
 * The action blocks until the one call has returned. When `fn` throws, every performance throws the same.
 * Source: https://pkg.go.dev/sync#OnceFunc
 *
 * @param fn a generator, async or plain function
 * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is not a function
 *
 * @example
 * ```ts
 * import { onceFunc } from "millrace/sync";
 * const open = onceFunc(async () => console.log("opened")); // opened
 * await open();
 * await open();
 * ```
 */
export function onceFunc(fn: () => unknown): () => Action<void> {
  const once = onceAction<unknown>("onceFunc", fn);
  return once as () => Action<unknown> as () => Action<void>;
}

/**
 * Makes a function whose action calls `fn` in the first performance and gives that call's result in each.
 *
 * The action blocks until the one call has returned. When `fn` throws, every performance throws the same.
 * Source: https://pkg.go.dev/sync#OnceValue
 *
 * @param fn a generator, async or plain function
 * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is not a function
 *
 * @example
 * ```ts
 * import { onceValue } from "millrace/sync";
 * const config = onceValue(async () => ({ port: 8080 }));
 * console.log((await config()).port, (await config()) === (await config())); // 8080 true
 * ```
 */
export function onceValue<X>(fn: () => X): () => Action<Result<X>> {
  return onceAction("onceValue", fn);
}

/**
 * Like `onceValue`, for a function that gives several values, as a tuple.
 * Source: https://pkg.go.dev/sync#OnceValues
 *
 * @param fn a generator, async or plain function that gives an array
 * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is not a function
 *
 * @example
 * ```ts
 * import { onceValues } from "millrace/sync";
 * const limits = onceValues(() => [1, "a"]);
 * const [least, name] = await limits();
 * console.log(least.toFixed(), name.toUpperCase()); // 1 A
 * ```
 */
export function onceValues<const T extends readonly unknown[]>(fn: () => T | PromiseLike<T> | Go<T>): () => Action<T> {
  return onceAction("onceValues", fn);
}
