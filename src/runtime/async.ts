/**
 * Performing an operation with `await`.
 *
 * `await op` calls `op.then(resolve, reject)`. The waiter made here is on the operation's queue like a goroutine would
 * be, and is itself what `then` returns: `await` ignores that, and whoever chains on it gets a promise made then, so the
 * usual case pays for none.
 *
 * A waiter belongs to the run whose code awaits. An async function can't be stopped, but once its run is over its
 * operations never complete. Code of another run that waits for something of a run that ends is told so by an error: no
 * goroutine is left that could complete the operation.
 */
import { at, emit, tap, waker } from "./events.ts";
import { m, YIELD_TO_HOST } from "./m.ts";
import { NO, type Operation } from "./op.ts";
import { RunEndedError } from "./panic.ts";
import type { P } from "./proc.ts";
import { whenOver } from "./run-end.ts";
import { casesOf, homeOf, reasonOf, waitsFor } from "./thing.ts";
import { type Proxies, Waiter } from "./waiter.ts";

export type Handler = (value: never) => unknown;

let waits = 0;
/** What the events said of a waiter when it parked. Apart from it, because mostly nobody listens. */
const TOLD = new WeakMap<AsyncWaiter, { readonly run: number; readonly g: number; readonly wait: number }>();

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;
type State = typeof FULFILLED | typeof REJECTED;

export class AsyncWaiter extends Waiter implements PromiseLike<unknown> {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly op: Operation<unknown>;
  readonly p: P;
  /** When it began to wait, in milliseconds of `m.coarse`. */
  since = 0;
  /** Its place in the run's `AwaitList`. */
  awaitprev: AsyncWaiter | null = null;
  awaitnext: AsyncWaiter | null = null;

  /**
   * The slice it came too late for, if it did: what comes after it waits for the host. When it completes in a later slice
   * the host has had its turn; waiting once more would make those late that begin meanwhile, and so on for ever.
   */
  #late = 0;
  readonly #onDone: Handler;
  readonly #onError: Handler;
  #state: typeof PENDING | State = PENDING;
  #chain: Chain | null = null;
  /** Where it waits for things of other runs: what makes it forget their ends. */
  #elsewhere: (() => void)[] | null = null;

  private constructor(op: Operation<unknown>, p: P, onDone: Handler, onError: Handler) {
    super();
    this.op = op;
    this.p = p;
    this.#onDone = onDone;
    this.#onError = onError;
  }

  static perform<T, A, B>(
    op: Operation<T>,
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
    return AsyncWaiter.#begin(op, onDone, onError) as PromiseLike<A | B>;
  }

  static #begin(op: Operation<unknown>, onDone: Handler, onError: Handler): PromiseLike<unknown> {
    const home = homeOf(op);
    const p = m.awaiting(home);
    if (p.over) return NEVER;
    // Every operation is a preemption point, also one that an async function awaits. It happens now, because whoever
    // calls `then` counts on that; what comes after it waits for the host.
    const late = --m.budget < 0 && m.spent() === YIELD_TO_HOST;
    return AsyncWaiter.attempt(op, p, onDone, onError, late);
  }

  /** Attempts `op` and sees to what comes of it; `late`, after the host. */
  static attempt(op: Operation<unknown>, p: P, onDone: Handler, onError: Handler, late: boolean): PromiseLike<unknown> {
    let value: unknown;
    try {
      value = op.attempt();
    } catch (error) {
      return late ? settledLate(p, onError, error) : settled(onError, error);
    }
    if (value !== NO) return late ? settledLate(p, onDone, value) : settled(onDone, value);
    return AsyncWaiter.wait(op, p, onDone, onError, late ? m.slices : 0);
  }

  /** Waits, after an attempt that could not complete. */
  static wait(op: Operation<unknown>, p: P, onDone: Handler, onError: Handler, late: number): PromiseLike<unknown> {
    const home = homeOf(op);
    const foreign = home !== null && home !== p && home !== m.fallback;
    const ended = foreign ? endedFor(op) : null;
    if (ended !== null) return settled(onError, new RunEndedError(ended.name, reasonOf(op)));
    const w = new AsyncWaiter(op, p, onDone, onError);
    w.since = m.coarse;
    w.#late = late;
    p.awaiting.add(w);
    if (tap.listener !== null) w.#tellParked();
    op.enqueue(w);
    if (foreign && w.#state === PENDING) w.#watchOthers(op);
    return w;
  }

  /** Sees to it that it fails once every run that could complete `op` has ended. */
  #watchOthers(op: Operation<unknown>): void {
    const cases = casesOf(op);
    const home = homeOf(op);
    if (cases !== undefined) for (const each of cases) this.#watchOthers(each);
    else if (home !== null && home !== this.p && home !== m.fallback) {
      this.#elsewhere ??= [];
      this.#elsewhere.push(whenOver(home, () => this.#strand()));
    }
  }

  /** A run has ended that it waits for something of. */
  #strand(): void {
    const ended = endedFor(this.op);
    if (ended === null || this.#state !== PENDING) return;
    this.op.dequeue(this);
    this.fail(new RunEndedError(ended.name, reasonOf(this.op)));
  }

  /** Its run is over. */
  abandon(): void {
    this.op.dequeue(this);
    this.#forget();
  }

  #leave(): void {
    this.p.awaiting.remove(this);
    this.#forget();
  }

  #forget(): void {
    if (this.#elsewhere !== null) for (const forget of this.#elsewhere) forget();
    this.#elsewhere = null;
  }

  override get gone(): boolean {
    return this.p.over;
  }

  override complete(value: unknown, _ok: boolean): void {
    this.#leave();
    if (tap.listener !== null) this.#tellReady();
    this.#ended(this.#onDone, value);
  }

  override fail(error: unknown): void {
    this.#leave();
    if (tap.listener !== null) this.#tellReady();
    this.#ended(this.#onError, error);
  }

  #tellParked(): void {
    const told = { ...at(this.p), wait: ++waits };
    TOLD.set(this, told);
    emit({ kind: "go-park", ...told, ...waitsFor(this.op) });
  }

  #tellReady(): void {
    emit({ kind: "go-ready", ...(TOLD.get(this) ?? { ...at(this.p, null), wait: 0 }), ...waker() });
  }

  #ended(handler: Handler, outcome: unknown): void {
    if (this.#late === m.slices) m.afterHost(() => this.p.over || this.#finish(handler, outcome));
    else this.#finish(handler, outcome);
  }

  #finish(handler: Handler, outcome: unknown): void {
    try {
      this.value = handler(outcome as never);
      this.#state = FULFILLED;
    } catch (error) {
      this.value = error;
      this.#state = REJECTED;
    }
    if (this.#chain !== null) settle(this.#chain, this.#state, this.value);
    // Nobody chained yet; a promise tells the host that a rejection is unhandled.
    else if (this.#state === REJECTED) this.#promise();
  }

  // biome-ignore lint/suspicious/noThenProperty: what `then` of an operation returns can be chained
  then<A = unknown, B = never>(
    onDone?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise().then(onDone, onError);
  }

  /** The promise of what the handler gave, made when somebody wants it. */
  #promise(): Promise<unknown> {
    if (this.#chain === null) {
      this.#chain = chain();
      if (this.#state !== PENDING) settle(this.#chain, this.#state, this.value);
    }
    return this.#chain.promise;
  }
}

/** A run that has ended and without which `op` can't complete; null if another one may complete it. */
function endedFor(op: Operation<unknown>): P | null {
  const cases = casesOf(op);
  if (cases === undefined) {
    const home = homeOf(op);
    return home?.over === true ? home : null;
  }
  let ended: P | null = null;
  for (const each of cases) {
    ended = endedFor(each);
    if (ended === null) return null;
  }
  return ended;
}

interface Chain {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

function chain(): Chain {
  let resolve!: Chain["resolve"];
  let reject!: Chain["reject"];
  const promise = new Promise((onDone, onError) => {
    resolve = onDone;
    reject = onError;
  });
  return { promise, resolve, reject };
}

function settle({ resolve, reject }: Chain, state: State, value: unknown): void {
  if (state === FULFILLED) resolve(value);
  else reject(value);
}

/** What `then` returns for an operation that is complete: mostly nobody looks at it, and `await`'s handlers give nothing. */
function settled(handler: Handler, outcome: unknown): PromiseLike<unknown> {
  try {
    const result = handler(outcome as never);
    return result === undefined ? NOTHING : Promise.resolve(result);
  } catch (error) {
    return Promise.reject(error);
  }
}

const NOTHING: PromiseLike<unknown> = Promise.resolve();
/** Its run is over. */
export const NEVER: PromiseLike<unknown> = new Promise(() => {});

function settledLate(p: P, handler: Handler, outcome: unknown): PromiseLike<unknown> {
  return new Promise((resolve) => m.afterHost(() => p.over || resolve(settled(handler, outcome))));
}

/** All that wait with `await` in a run, newest first. */
export class AwaitList {
  #first: AsyncWaiter | null = null;

  add(w: AsyncWaiter): void {
    w.awaitnext = this.#first;
    if (this.#first !== null) this.#first.awaitprev = w;
    this.#first = w;
  }

  remove(w: AsyncWaiter): void {
    if (w.awaitprev === null) this.#first = w.awaitnext;
    else w.awaitprev.awaitnext = w.awaitnext;
    if (w.awaitnext !== null) w.awaitnext.awaitprev = w.awaitprev;
    w.awaitprev = w.awaitnext = null;
  }

  clear(): void {
    this.#first = null;
  }

  *[Symbol.iterator](): Iterator<AsyncWaiter, void> {
    for (let w = this.#first; w !== null; w = w.awaitnext) yield w;
  }
}
