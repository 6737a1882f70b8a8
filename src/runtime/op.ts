/**
 * An operation is a value: everything that can block is an `Op<T>`, and a new primitive is a subclass of `Operation` with five parts:
 * what it does (`verb`) and with what (`on`), `attempt`, `enqueue`, `dequeue`. It is lazy; performing it is done by `yield*`
 * (in a goroutine), by `await`, or by `select`. Each performance is a new attempt.
 *
 * How `yield*` works here. `yield* op` calls `op[Symbol.iterator]()`, which attempts the operation, and then `next()` on
 * what it returned, which is always the one `step` of this thread; `next()` answers what `m.step` holds. If the operation
 * is done that is `DONE` with its value, and the goroutine never suspends: no promise, no allocation. If not, the
 * goroutine was put on the operation's queue and it is `PARKED`: the generator suspends. When the goroutine was made ready,
 * the scheduler sets `m.step` to `DONE` with the value and resumes it, and `next()` is called again. `null` is for all
 * that is not so simple: an operation to attempt again, one that failed, a probe that only wants to see the frames.
 *
 * Rejected: an iterator object per performance (an allocation each), unwinding a goroutine with `iterator.return()` (a
 * `finally` that yields inside a delegated generator lets the caller run on), a trampoline for nested generators (slower).
 */
import { AsyncWaiter } from "./async.ts";
import { once } from "./copies.ts";
import { emit, tap } from "./events.ts";
import type { G } from "./g.ts";
import { GO_ON, m, type Preemption } from "./m.ts";
import { NotInGoroutineError, Panic } from "./panic.ts";
import { thrown } from "./rejection.ts";
import { Gpreempted, Grunning, Gthrow, Gwaiting } from "./status.ts";
import { type On, waitsFor } from "./thing.ts";
import { NO, OP, type Op, type Parked } from "./types.ts";
import type { Waiter } from "./waiter.ts";

export { NO };

/** The result with which a generator suspends: recognised by identity, of it or of its value, so nothing else can be mistaken for it. */
export const PARKED: IteratorYieldResult<Parked> = once("PARKED", () => ({
  done: false,
  value: { "write yield*, with the star": true },
}));
/** The result of an operation that is done. One object for all, because `yield*` reads it before anything else can run. */
export const DONE: IteratorReturnResult<unknown> = once("DONE", () => ({ done: true, value: undefined }));

/**
 * Whether a generator suspended because its operation waits. JavaScriptCore hands on what `yield*` gets in a result of its
 * own, so where the result is not `PARKED` itself, what it holds is looked at.
 */
export function isParked(result: IteratorResult<unknown, unknown>): boolean {
  return result === PARKED || (result.value === PARKED.value && result.done !== true);
}

/** Whether `value` is an operation: the same as `instanceof Operation`, in a tenth of the time. */
export function isOperation(value: unknown): value is Operation<unknown> {
  return typeof value === "object" && value !== null && (value as { readonly [OP]?: true })[OP] === true;
}

/** The iterator of every operation. */
class Step implements IterableIterator<Parked, unknown, unknown> {
  next(): IteratorResult<Parked, unknown> {
    return m.step ?? stepSlow(m.curg as G);
  }

  /** The scheduler throws into a goroutine that yielded something that is no operation. */
  throw(error: unknown): never {
    throw error;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

export const step: Iterator<Parked, never, unknown> = new Step() as unknown as Iterator<Parked, never, unknown>;

function stepSlow(g: G): IteratorResult<Parked, unknown> {
  if (m.probe !== null) {
    captureStack(m.probe);
    return PARKED;
  }
  if (g.status === Gthrow) {
    const error = g.value;
    g.value = undefined;
    g.status = Grunning;
    // Made by whoever ended the wait; people look for the line that waited.
    if (error instanceof Panic) captureStack(error);
    else thrown(error, captureStack);
    throw error;
  }
  // It had to let others run before this operation; now it is its turn.
  const op = g.op as Operation<unknown>;
  g.op = null;
  g.status = Grunning;
  const value = op.attempt();
  if (value === NO) {
    park(g, op);
    return PARKED;
  }
  DONE.value = value;
  return DONE;
}

/** The innermost frame that is not the program's: the first call finds out which. */
let above: ((...args: never[]) => unknown) | undefined;

/** Points `stack` at the code that performs an operation now. */
function captureStack(into: { stack?: string }): void {
  const { captureStackTrace } = Error as { captureStackTrace?: (into: object, above: unknown) => void };
  if (captureStackTrace === undefined) into.stack = new Error().stack ?? "";
  else if (above !== undefined) captureStackTrace(into, above);
  else {
    above = Step.prototype.next;
    captureStackTrace(into, above);
    if (into.stack?.includes("\n") === true) return;
    // JavaScriptCore: the call of `stepSlow` is a tail call, which leaves no frame to find.
    above = captureStack;
    captureStackTrace(into, above);
  }
}

/** Suspends `g`, which performs `op`, until a partner completes it. */
export function park(g: G, op: Operation<unknown>): void {
  block(g, op);
  op.enqueue(g);
}

/** The part of parking that is the same for all: `g` waits for `op`. The caller puts it on a queue right after. */
export function block(g: G, op: Operation<unknown>): void {
  g.op = op;
  g.status = Gwaiting;
  g.since = m.coarse;
  m.step = PARKED;
  if (tap.listener !== null) emit({ kind: "go-park", run: g.p.id, g: g.id, wait: 0, ...waitsFor(op) });
}

/** The budget is used up: decides whether `g` may perform `op` now. If not, it suspends without having attempted it. */
export function checkIn(g: G, op: Operation<unknown>): boolean {
  const why = g.p.preemption(g, op);
  if (why === GO_ON) return true;
  postpone(g, op, why);
  return false;
}

/** Suspends `g` before it attempts `op`. */
export function postpone(g: G, op: Operation<unknown>, why: Preemption): void {
  g.op = op;
  g.status = Gpreempted;
  m.step = PARKED;
  g.p.preempt(g, why);
}

/** The goroutine that performs an operation with `yield*` now. */
export function performer(): G {
  const g = m.curg;
  if (g === null) throw new NotInGoroutineError();
  return g;
}

/**
 * What a primitive of your own extends: an `Op` with the five parts that say how it is performed.
 *
 * @example
 * ```ts
 * import { NO, Operation } from "millrace/op";
 * let open = false;
 * class Pass extends Operation<string> {
 *   override get verb() { return "pass"; }
 *   override get on() { return null; }
 *   override attempt() { return open ? "through" : NO; }
 *   override enqueue() {}
 *   override dequeue() {}
 * }
 * const pass = new Pass();
 * open = true;
 * console.log(await pass); // through
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface below declares what the static block defines
export abstract class Operation<out T> {
  static {
    Object.defineProperty(Operation.prototype, OP, { value: true });
  }

  /** Operations of another copy of the library are operations too. */
  static [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: for a subclass, this is the subclass, and only its own will do
    if (this !== Operation) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && OP in value;
  }

  /** What it does, one word: `"receive"`, `"lock"`. */
  abstract get verb(): string;

  /** What it does that with: a thing; several operations, of which one will do; null where it is nothing of these. */
  abstract get on(): On;

  /** Completes now, without blocking, or answers `NO`. Throws where the operation panics. */
  abstract attempt(): T | NO;

  /**
   * Registers a waiter wherever this operation waits. Called right after `attempt` said `NO`.
   *
   * @param w whom to complete once the operation can go on; from here on that may happen at any time
   */
  abstract enqueue(w: Waiter): void;

  /**
   * Takes that waiter out again: another case won, or its run is over. Does nothing if it is not there.
   *
   * @param w the waiter that `enqueue` was given
   */
  abstract dequeue(w: Waiter): void;

  /** What the operations that it waits for are called. */
  get names(): readonly (string | number)[] | undefined {
    return undefined;
  }

  [Symbol.iterator](): Iterator<Parked, T, unknown> {
    const g = performer();
    if (--m.budget < 0 && !checkIn(g, this)) return step;
    const value = this.attempt();
    if (value === NO) park(g, this);
    else {
      DONE.value = value;
      m.step = DONE;
    }
    return step;
  }

  /**
   * Performs it, which is what `await` does. Each call is a performance of its own.
   *
   * @param onDone gets what the operation gives
   * @param onError gets what it throws or panics with
   */
  // biome-ignore lint/suspicious/noThenProperty: an operation is awaitable, that is the point
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return AsyncWaiter.perform(this, onDone, onError);
  }
}

/** The mark of an `Op`, which is on the prototype. In the class itself the build of the declarations refuses its computed name. */
export interface Operation<out T> extends Op<T> {}
