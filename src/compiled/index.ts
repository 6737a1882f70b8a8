/**
 * What compiled programs import: `compile` puts it there, programs don't write it. The names are short because they stand
 * at every `yield*` and `await`.
 *
 * A compiled `yield*` calls `[Symbol.iterator]()` itself, as `yield*` would, so each kind of operation performs itself as it
 * always does; what is saved is the `next()` behind it, which V8 does not inline, where the operation is done at once. A
 * compiled module reads these bindings from the module system, never from copies of its own: it may be called before it was
 * evaluated, where modules import each other in a circle.
 */
import { AsyncWaiter, NEVER } from "../runtime/async.ts";
import { m, YIELD_TO_HOST } from "../runtime/m.ts";
import { DONE, NO, Operation, step } from "../runtime/op.ts";
import { homeOf } from "../runtime/thing.ts";
import { OP, type Parked } from "../runtime/types.ts";

/** Waits for the operation that the goroutine has begun to perform. */
const WAIT: Iterable<Parked> = { [Symbol.iterator]: () => step };

/**
 * What `yield*` delegates to once the operand's iterator is there.
 *
 * @param iterator what the operation's `[Symbol.iterator]()` gave
 */
function rest(iterator: Iterator<unknown>): Iterable<unknown> {
  return iterator === step ? WAIT : { [Symbol.iterator]: () => iterator };
}

/** Whether `value` is an operation that `await` performs the way all do. */
function awaitable(value: unknown): value is Operation<unknown> {
  return (
    (value as { [OP]?: true } | null | undefined)?.[OP] === true &&
    (value as Operation<unknown>).then === Operation.prototype.then
  );
}

/** The value of `op` where it is done at once, else a promise of it. */
function perform(op: Operation<unknown>): unknown {
  // In a goroutine, `await` attempts it later: the goroutine does not expect that its partner goes on meanwhile.
  if (m.curg !== null) return op;
  const p = m.awaiting(homeOf(op));
  if (p.over) return NEVER;
  const late = --m.budget < 0 && m.spent() === YIELD_TO_HOST;
  if (late) return new Promise((resolve, reject) => void AsyncWaiter.attempt(op, p, resolve, reject, true));
  const value = op.attempt();
  if (value !== NO) return value;
  return new Promise((resolve, reject) => void AsyncWaiter.wait(op, p, resolve, reject, 0));
}

/**
 * What to await in place of `value`: an operation that is done at once is its value already.
 *
 * @param value the operand of `await`
 */
function now(value: unknown): unknown {
  return awaitable(value) ? perform(value) : value;
}

/**
 * Whether `value` is an operation that is done, with what it gives in `DONE.value`; else what there is to await is there.
 *
 * @param value the operand of `await`
 */
function done(value: unknown): boolean {
  if (!awaitable(value)) {
    DONE.value = value;
    return false;
  }
  const result = perform(value);
  DONE.value = result;
  return (typeof result !== "object" && typeof result !== "function") || result === null || !("then" in result);
}

const iterator: typeof Symbol.iterator = Symbol.iterator;

export { DONE as D, done as K, iterator as I, m as M, now as N, OP as O, rest as R, step as S };
