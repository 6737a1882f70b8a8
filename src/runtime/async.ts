/**
 * Performing an operation with `await`.
 *
 * `await op` calls `op.then(resolve, reject)`. The waiter made here is on the operation's queue like a goroutine would
 * be, and is itself what `then` returns: `await` ignores that, and whoever chains on it gets a promise made then, so the
 * usual case pays for none.
 *
 * An async function can't be stopped, but once its run is over its operations never complete.
 */
import { m, YIELD_TO_HOST } from "./m.ts";
import { NO, type Op } from "./op.ts";
import type { P } from "./proc.ts";
import { Waiter } from "./waiter.ts";

type Handler = ((value: never) => unknown) | null | undefined;

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

export class AsyncWaiter extends Waiter implements PromiseLike<unknown> {
  readonly op: Op<unknown>;
  readonly p: P;
  /** When it began to wait, in milliseconds of `m.coarse`. */
  since = 0;
  /** The list of all that wait with `await` in this run. */
  awaitprev: AsyncWaiter | null = null;
  awaitnext: AsyncWaiter | null = null;

  readonly #onDone: Handler;
  readonly #onError: Handler;
  #state: typeof PENDING | typeof FULFILLED | typeof REJECTED = PENDING;
  #promise: Promise<unknown> | null = null;
  #settle: ((state: typeof FULFILLED | typeof REJECTED, value: unknown) => void) | null = null;

  private constructor(op: Op<unknown>, p: P, onDone: Handler, onError: Handler) {
    super();
    this.op = op;
    this.p = p;
    this.#onDone = onDone;
    this.#onError = onError;
  }

  static perform<T, A, B>(
    op: Op<T>,
    onDone: ((value: T) => A | PromiseLike<A>) | null | undefined,
    onError: ((reason: unknown) => B | PromiseLike<B>) | null | undefined,
  ): PromiseLike<A | B> {
    // `await` hands over two functions of a promise, which call nobody back at once. A program's own must not be called
    // from inside an operation, its partner's or this one, so a promise stands between.
    if (typeof onDone !== "function" || typeof onError !== "function" || m.curg !== null) {
      return new Promise<T>((resolve, reject) => {
        AsyncWaiter.#begin(op, resolve as Handler, reject);
      }).then(onDone, onError);
    }
    return AsyncWaiter.#begin(op, onDone, onError) as PromiseLike<unknown> as PromiseLike<A | B>;
  }

  static #begin(op: Op<unknown>, onDone: Handler, onError: Handler): AsyncWaiter {
    const w = new AsyncWaiter(op, op.home ?? m.current(), onDone, onError);
    // Every operation is a preemption point, also one that an async function awaits.
    if (--m.budget < 0 && m.spent() === YIELD_TO_HOST) m.afterHost(() => w.#start());
    else w.#start();
    return w;
  }

  #start(): void {
    if (this.p.over) return;
    try {
      const value = this.op.attempt();
      if (value !== NO) {
        this.#finish(FULFILLED, this.#onDone, value);
        return;
      }
    } catch (error) {
      this.#finish(REJECTED, this.#onError, error);
      return;
    }
    this.since = m.coarse;
    this.p.addAwaiting(this);
    this.op.enqueue(this);
  }

  override get gone(): boolean {
    return this.p.over;
  }

  override complete(value: unknown, _ok: boolean): void {
    this.p.removeAwaiting(this);
    this.#finish(FULFILLED, this.#onDone, value);
  }

  override fail(error: unknown): void {
    this.p.removeAwaiting(this);
    this.#finish(REJECTED, this.#onError, error);
  }

  #finish(state: typeof FULFILLED | typeof REJECTED, handler: Handler, value: unknown): void {
    let end = state;
    let result = value;
    if (typeof handler === "function") {
      try {
        result = handler(value as never);
        end = FULFILLED;
      } catch (error) {
        result = error;
        end = REJECTED;
      }
    }
    this.#state = end;
    this.value = result;
    if (this.#settle !== null) this.#settle(end, result);
    // Nobody chained yet; a promise tells the host that a rejection is unhandled.
    else if (end === REJECTED) this.#promise = Promise.reject(result);
  }

  // biome-ignore lint/suspicious/noThenProperty: what `then` of an operation returns can be chained
  then<A = unknown, B = never>(
    onDone?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#promise ??=
      this.#state === PENDING
        ? new Promise((resolve, reject) => {
            this.#settle = (state, value) => (state === FULFILLED ? resolve(value) : reject(value));
          })
        : Promise.resolve(this.value);
    return this.#promise.then(onDone, onError);
  }
}
