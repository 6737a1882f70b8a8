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
 * bubble, and dumps show what it waits for as what the async function waits for. That goroutine costs ten times as much as
 * a free lock, so an action may say what there is to do where its first operation need not wait.
 */

import { AsyncWaiter } from "./async.ts";
import { ACTION, type Body } from "./body.ts";
import type { G } from "./g.ts";
import { m } from "./m.ts";
import { Operation, performer } from "./op.ts";
import { current } from "./proc.ts";
import { settled } from "./promise.ts";
import type { Result } from "./run.ts";
import { type Go, NO, type Parked } from "./types.ts";
import type { Unused } from "./unused.ts";
import type { Waiter } from "./waiter.ts";

/** Does an action without a goroutine: gives its result, or a promise of it; `NO` where an operation has to wait first. */
type Quick<T> = () => T | Promise<T> | NO;

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
  static {
    Object.defineProperty(Action.prototype, ACTION, { value: true });
  }

  readonly #what: string;
  readonly #body: () => Go<T>;
  readonly #quick: Quick<T> | null;
  /** In debug mode: who is to know that it was performed. */
  readonly #unused: Unused | null;

  /**
   * Made by the methods that give one, such as `withLock`.
   *
   * @param what what the program calls it, for reports
   * @param body what a performance runs, called anew for each
   * @param quick the same without a goroutine, where that is possible: gives the result, a promise of it, or `NO`
   */
  constructor(what: string, body: () => Go<T>, quick: Quick<T> | null = null) {
    this.#what = what;
    this.#body = body;
    this.#quick = quick;
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
  ): PromiseLike<A | B> {
    this.#unused?.used(this);
    return AsyncWaiter.perform(new Performance(this.#what, this.#body, this.#quick), onDone, onError);
  }
}

/** One performance of an action by `await`. */
class Performance<T> extends Operation<T> {
  readonly #what: string;
  readonly #body: () => Go<T>;
  readonly #quick: Quick<T> | null;
  #performer: G | null = null;
  /** What is left to wait for where no goroutine is needed. */
  #result: Promise<T> | null = null;

  constructor(what: string, body: () => Go<T>, quick: Quick<T> | null) {
    super();
    this.#what = what;
    this.#body = body;
    this.#quick = quick;
  }

  override get verb(): string {
    return "perform";
  }

  override get on(): G | null {
    return this.#performer;
  }

  override attempt(): T | NO {
    // A goroutine that has not written `yield*` does not expect that a function of its own runs now.
    if (this.#quick === null || m.curg !== null) return NO;
    const result = this.#quick();
    if (!(result instanceof Promise)) return result;
    this.#result = result;
    return NO;
  }

  override enqueue(w: Waiter): void {
    if (this.#result !== null) {
      this.#result.then(
        (value) => w.gone || w.complete(value, true),
        (error) => w.gone || w.fail(error),
      );
      return;
    }
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

/**
 * Calls a function of the program as part of a goroutine, whatever kind of function it is, and gives its result. A parallel one
 * runs on any thread meanwhile.
 */
export function* call<A extends unknown[], X>(fn: (...args: A) => X, args: A): Go<Result<X>> {
  const away = m.others === null ? null : m.others.call(fn as Body, Infinity);
  if (away !== null) return yield* (away as (...args: A) => Go<Result<X>>)(...args);
  const body = fn(...args) as unknown;
  if (typeof body !== "object" || body === null) return body as Result<X>;
  if (body instanceof Operation || body instanceof Action) return (yield* body) as Result<X>;
  const { next, then } = body as Partial<Iterator<unknown> & PromiseLike<unknown>>;
  if (typeof next === "function" && Symbol.iterator in body) return yield* body as Go<Result<X>>;
  if (typeof then === "function") return (yield* settled(body as PromiseLike<unknown>)) as Result<X>;
  return body as Result<X>;
}

/** What a function of the program gave, as a promise; null where it is the result itself. `what`: what called it. */
export function pending(what: string, given: unknown): Promise<unknown> | null {
  if (typeof given !== "object" || given === null) return null;
  if (given instanceof Promise) return given;
  const { next, then } = given as Partial<Iterator<unknown> & PromiseLike<unknown>>;
  if (typeof then === "function") return Promise.resolve(given);
  const isGenerator = typeof next === "function" && Symbol.iterator in given;
  return isGenerator ? Promise.resolve(new Action(what, () => given as unknown as Go<unknown>)) : null;
}
