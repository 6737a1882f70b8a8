/**
 * Waiting for a promise, with one reaction per promise: however often it is waited for, and however often that wait
 * loses a select, the promise gets one `then`. `Promise.race` in a loop adds one each time and leaks them.
 */
import { unexpected } from "./args.ts";
import { m } from "./m.ts";
import { NO, Operation } from "./op.ts";
import { ArgumentError } from "./panic.ts";
import { rejectedWith, thrown } from "./rejection.ts";
import { PROMISE, performerOf, type Thing, thingOf } from "./thing.ts";
import { rememberPlace } from "./traceback.ts";
import type { Op } from "./types.ts";
import { made } from "./unused.ts";
import { type Waiter, WaitQueue } from "./waiter.ts";

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

class Settling {
  status: typeof PENDING | typeof FULFILLED | typeof REJECTED = PENDING;
  value: unknown = undefined;
  readonly waiters: WaitQueue = new WaitQueue();

  constructor(promise: PromiseLike<unknown>) {
    // A thenable of another make may call back twice, or give another thenable; the host's promise makes it behave.
    (promise instanceof Promise ? promise : Promise.resolve(promise)).then(
      (value) => this.#settle(FULFILLED, value),
      (error) => this.#settle(REJECTED, error),
    );
  }

  #settle(status: typeof FULFILLED | typeof REJECTED, value: unknown): void {
    this.status = status;
    this.value = value;
    if (status === REJECTED) rejectedWith(value);
    for (let w = this.waiters.shift(); w !== null; w = this.waiters.shift()) {
      if (status === FULFILLED) w.complete(value, true);
      else w.fail(value);
    }
  }
}

const settlings = new WeakMap<PromiseLike<unknown>, Settling>();

function settlingOf(promise: PromiseLike<unknown>): Settling {
  let settling = settlings.get(promise);
  if (settling === undefined) {
    settling = new Settling(promise);
    settlings.set(promise, settling);
  }
  return settling;
}

class PromiseOp extends Operation<unknown> {
  readonly #settling: Settling;
  readonly #verb: string;

  constructor(settling: Settling, verb: string) {
    super();
    this.#settling = settling;
    this.#verb = verb;
  }

  override get verb(): string {
    return this.#verb;
  }

  override get on(): Thing {
    return PROMISE;
  }

  override attempt(): unknown {
    const { status, value } = this.#settling;
    if (status === PENDING) return NO;
    if (status === REJECTED) {
      if (m.curg !== null) thrown(value, (into) => rememberPlace(into, this.attempt));
      throw value;
    }
    return value;
  }

  override enqueue(w: Waiter): void {
    this.#settling.waiters.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#settling.waiters.remove(w);
  }
}

/**
 * Waits for a promise inside a goroutine, or as a case of a select.
 *
 * Blocks until it settles. Throws, where it is performed, what the promise was rejected with; in a goroutine the stack of
 * that error then ends with the goroutine's frames, as with `await`. A promise gets one reaction however often it is waited
 * for; one that was waited for counts as handled.
 *
 * @param promise anything with a `then`, except an operation, which needs no `wait`
 * @throws ArgumentError for anything else
 *
 * @example
 * ```ts
 * import { run, select, wait } from "millrace";
 * const answer = new Promise<number>((resolve) => setTimeout(resolve, 1, 42));
 * await run(function* () {
 *   const s = yield* select({ answer: wait(answer) });
 *   console.log(s.value); // 42
 * });
 * ```
 */
export function wait<T>(promise: PromiseLike<T>): Op<Awaited<T>> {
  if (promise instanceof Operation)
    throw new ArgumentError("wait: got an operation; perform it itself, with yield* or await");
  if (typeof (promise as Partial<PromiseLike<T>> | null | undefined)?.then !== "function") {
    throw unexpected("wait", "a promise", promise);
  }
  // Now, not when first performed: a case that loses must not leave a rejection unhandled, which ends the process.
  return made(new PromiseOp(settlingOf(promise), "wait") as Op<unknown> as Op<Awaited<T>>);
}

/** Waits for an async function that the goroutine has called as a part of itself: it stands where that function stands. */
export function settled(promise: PromiseLike<unknown>): Op<unknown> {
  return new PromiseOp(new Settling(promise), "await");
}

/** How many promises `op`, which is not made of others, waits for. */
export function promisesOf(op: Operation<unknown>): number {
  if (op.verb !== "perform") return thingOf(op)?.promises ?? 0;
  const performed = performerOf(op)?.op ?? null;
  return performed === null ? 1 : promisesOf(performed);
}

/** Whether `op` waits for a promise, of which nothing says who settles it. */
export function awaitsPromise(op: Operation<unknown>): boolean {
  return promisesOf(op) > 0;
}
