/**
 * The body of a goroutine: what its function may be, and how each kind becomes a generator that the scheduler resumes.
 *
 * A generator function that is written inside another function has, at each evaluation, a prototype of its own, so the
 * generators in a program may all differ in shape and looking up their `next` is slow. So goroutines are told apart by
 * their function, and resumed by the one `next` that all generators inherit.
 */
import { m } from "./m.ts";
import { Operation, PARKED } from "./op.ts";
import type { ArgumentError } from "./panic.ts";
import type { Go, Parked } from "./types.ts";

/** What a goroutine's function may be: a generator, async or plain function, or one that returns an operation. */
export type Body = (...args: never[]) => unknown;

const GENERATOR_FUNCTION: unknown = Object.getPrototypeOf(function* () {});

/** The `next` of all generators. */
export const next: Go<unknown>["next"] = (
  Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as Go<unknown>
).next;

export function isGeneratorFunction(fn: Body): boolean {
  return Object.getPrototypeOf(fn) === GENERATOR_FUNCTION;
}

/** Throws `error` where `gen` stands. In a `yield*` over an array, say, the language has an error of its own for that. */
export function throwInto(gen: Go<unknown>, error: ArgumentError): IteratorResult<unknown, unknown> {
  try {
    return gen.throw(error);
  } catch (thrown) {
    throw thrown instanceof TypeError && thrown.message.includes("'throw'") ? error : thrown;
  }
}

/** Marks a composite action (`action.ts`), which is performed like an operation. */
export const ACTION: unique symbol = Symbol.for("millrace action") as never;

/** Whether a goroutine that got `body` from its function goes on with it: an operation, an action, an iterator. */
export function isPerformed(body: object): body is Iterable<Parked, unknown> {
  return body instanceof Operation || ACTION in body || isIterator(body);
}

export function isIterator(body: object): boolean {
  return typeof (body as Partial<Go>).next === "function" && Symbol.iterator in body;
}

export function isThenable(body: object): body is PromiseLike<unknown> {
  return typeof (body as Partial<PromiseLike<unknown>>).then === "function";
}

/** A generator that does what `body` does: an operation, an action, or an iterator of another make. */
export function asGenerator(body: Iterable<Parked, unknown>): Go<unknown> {
  if ((body as Partial<Go>).next === next) return body as Go<unknown>;
  // What performs an action is a generator already.
  return ACTION in body ? (body[Symbol.iterator]() as Go<unknown>) : delegate(body);
}

function* delegate(body: Iterable<Parked, unknown>): Go<unknown> {
  return yield* body instanceof Operation ? body : opaque(body[Symbol.iterator]());
}

/** An iterator of another make, of which nobody knows whether it hands `next` down to an operation: a probe stops here. */
function opaque(it: Iterator<Parked, unknown, unknown>): Iterable<Parked, unknown> {
  const step = {
    next: () => (m.probe === null ? it.next() : PARKED),
    throw(error: unknown) {
      if (it.throw === undefined) throw error;
      return it.throw(error);
    },
  };
  return { [Symbol.iterator]: () => step };
}
