/**
 * A composite action: several operations and the program's own code in a row, such as `withLock`.
 *
 * It is performed with `yield*` or `await` like an operation, but it is none: code that has run can't be taken back, so
 * it could not lose a select without a trace. It therefore shares no base class with `Op`, and `select` refuses it by
 * type and at run time.
 *
 * `yield*` runs the body's generator inside the goroutine that performs it, so `try`/`finally` in a body work as written
 * there, for a panic and for `goexit` alike. `await` performs an operation that a goroutine carries out: the body may
 * then contain generators. To the run it is one more awaited operation, not one more goroutine: it counts as such for a
 * bubble, and dumps show what it waits for as what the async function waits for.
 */

import { AsyncWaiter } from "./async.ts";
import type { G } from "./g.ts";
import { m } from "./m.ts";
import { type Go, NO, Op, type Parked, performer, type Subject, type WaitReason } from "./op.ts";
import { ArgumentError, Panic, show } from "./panic.ts";
import { current } from "./proc.ts";
import { settled } from "./promise.ts";
import type { Result } from "./run.ts";
import type { Unused } from "./unused.ts";
import type { Waiter } from "./waiter.ts";

/**
 * Something that runs a function of yours between operations, so it can be performed but can't be a case of a select.
 *
 * Creating one does nothing. Perform it with `yield*` inside a goroutine or with `await` anywhere, any number of times.
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { type Action, Mutex } from "millrace/sync";
 * await run(function* () {
 *   const mu = new Mutex();
 *   const action: Action<number> = mu.withLock(() => 42);
 *   console.log(yield* action); // 42
 * });
 * ```
 */
export class Action<out T> implements PromiseLike<T> {
  readonly #what: string;
  readonly #body: () => Go<T>;
  /** In debug mode: who is to know that it was performed. */
  readonly #unused: Unused | null;

  /**
   * Made by the methods that give one, such as `withLock`.
   *
   * @param what what the program calls it, for reports
   * @param body what a performance runs, called anew for each
   */
  constructor(what: string, body: () => Go<T>) {
    this.#what = what;
    this.#body = body;
    this.#unused = m.watching === 0 ? null : current().unused;
    this.#unused?.watchAction(this, what);
  }

  [Symbol.iterator](): Iterator<Parked, T, unknown> {
    performer();
    this.#unused?.used(this);
    return this.#body();
  }

  /**
   * Performs it, which is what `await` does. Each call is a performance of its own.
   *
   * @param onDone gets what the action gives
   * @param onError gets what it throws
   */
  // biome-ignore lint/suspicious/noThenProperty: an action is awaitable, like an operation
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#unused?.used(this);
    const performance = new Performance(this.#what, this.#body);
    const done = new Promise<T>((resolve, reject) => void AsyncWaiter.perform(performance, resolve, reject));
    return done.then(onDone, onError);
  }
}

/** One performance of an action by `await`. */
class Performance<T> extends Op<T> {
  readonly #what: string;
  readonly #body: () => Go<T>;
  #performer: G | null = null;

  constructor(what: string, body: () => Go<T>) {
    super();
    this.#what = what;
    this.#body = body;
  }

  override get reason(): WaitReason {
    return this.#performer?.op?.reason ?? "await";
  }

  override get subject(): Subject | undefined {
    return this.#performer?.op?.subject;
  }

  override get performer(): G | null {
    return this.#performer;
  }

  override attempt(): NO {
    return NO;
  }

  override enqueue(w: Waiter): void {
    this.#performer = m.current().launch(this.#what, perform(this.#body, w), undefined, m.curg);
  }

  override dequeue(): void {}
}

/** The goroutine behind an awaited action. A goexit in it is passed on too: the async function that awaits it leaves. */
function* perform<T>(body: () => Go<T>, w: Waiter): Go {
  let value: T;
  try {
    value = yield* body();
  } catch (error) {
    w.fail(error);
    return;
  }
  w.complete(value, true);
}

/** Calls a function of the program as part of a goroutine, whatever kind of function it is, and gives its result. */
export function* call<A extends unknown[], X>(fn: (...args: A) => X, args: A): Go<Result<X>> {
  const body = fn(...args) as unknown;
  if (typeof body !== "object" || body === null) return body as Result<X>;
  if (body instanceof Op || body instanceof Action) return (yield* body) as Result<X>;
  const { next, then } = body as Partial<Iterator<unknown> & PromiseLike<unknown>>;
  if (typeof next === "function" && Symbol.iterator in body) return yield* body as Go<Result<X>>;
  if (typeof then === "function") return (yield* settled(body as PromiseLike<unknown>)) as Result<X>;
  return body as Result<X>;
}

/** Refuses what can't be called. */
export function checkCallable(where: string, fn: unknown): void {
  if (typeof fn === "function") return;
  if (fn === null || fn === undefined) throw new Panic("NIL_FUNCTION", `${where}: got ${String(fn)}`);
  throw new ArgumentError(`${where}: expected a function, got ${show(fn)}`);
}
