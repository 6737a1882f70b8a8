/** Doing it again until it works. */

import type { CancelCtx } from "../context/cancel-ctx.ts";
import { thrownFor } from "../context/thrown-for.ts";
import type { Context } from "../context/types.ts";
import { Action, call, pending } from "../runtime/action.ts";
import { amount, callable, callback, checkOptions, millis, whole } from "../runtime/args.ts";
import { isThenable } from "../runtime/body.ts";
import { m } from "../runtime/m.ts";
import { ArgumentError, FatalError, Goexit, show } from "../runtime/panic.ts";
import type { Result } from "../runtime/run.ts";
import type { Go, Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { select } from "../select/select.ts";
import { sleep } from "../time/sleep.ts";
import { anywhere, GRACE } from "./anywhere.ts";
import { checkContext } from "./stream.ts";
import { TaskCode, TaskOp } from "./task.ts";

/** What is known when an attempt has failed and another one will follow. */
export interface Retry {
  /** The number of the attempt that failed, from 1 up. */
  readonly attempt: number;
  /** What it threw. */
  readonly error: unknown;
  /** Milliseconds until the next attempt. */
  readonly delay: number;
}

/** How often to try, and how long to wait in between. */
export interface RetryOptions {
  /** How many attempts there are at most: a whole number from 1 up, or Infinity. 3 by default. */
  readonly attempts?: number | undefined;
  /** Milliseconds between the first two attempts. 100 by default. */
  readonly delay?: number | undefined;
  /** What each delay is times the one before it: a number from 1 up. 2 by default. */
  readonly factor?: number | undefined;
  /** The longest that delays grow to, in milliseconds. 30 seconds by default. */
  readonly maxDelay?: number | undefined;
  /** How much of a delay is left to chance, from 0 for nothing to 1 for all of it. 0.5 by default. */
  readonly jitter?: number | undefined;
  /**
   * How long an error asks to wait at least, in milliseconds, as a response's `Retry-After` does; `undefined` where it does not
   * ask. Chance takes nothing from that, and it may be longer than `maxDelay`.
   */
  readonly retryAfter?: ((error: unknown, attempt: number) => number | undefined) | undefined;
  /** Whether an error is worth another attempt. All are by default. */
  readonly when?: ((error: unknown, attempt: number) => boolean) | undefined;
  /** Called before each delay. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

type Settings = Required<{ [K in keyof RetryOptions]: NonNullable<RetryOptions[K]> }>;

export function checkRetry(where: string, options: RetryOptions): Settings {
  checkOptions(where, options, "attempts, delay");
  const { attempts = 3, delay = 100, factor = 2, maxDelay = 30_000, jitter = 0.5 } = options;
  const { when = () => true, retryAfter = () => undefined, onRetry = () => {} } = options;
  whole(`${where}: attempts`, attempts, 1, Infinity);
  amount(`${where}: factor`, factor, 1);
  amount(`${where}: jitter`, jitter, 0, 1);
  millis(`${where}: delay`, delay);
  millis(`${where}: maxDelay`, maxDelay);
  callback(`${where}: retryAfter`, retryAfter);
  callback(`${where}: when`, when);
  callback(`${where}: onRetry`, onRetry);
  return { attempts, delay, factor, maxDelay, jitter, retryAfter, when, onRetry };
}

/** The fineness of chance. */
const STEPS = 1 << 16;

/** What `when` answers: true for another attempt. A promise would count as true, whatever it resolves to. */
function worthIt(s: Settings, error: unknown, attempt: number): boolean {
  const worth: unknown = s.when(error, attempt);
  if (typeof worth === "object" && worth !== null && isThenable(worth)) {
    worth.then(undefined, () => {});
    throw new ArgumentError("retry: when: expected true or false, got a promise; decide without waiting", {
      cause: error,
    });
  }
  return Boolean(worth);
}

/** Milliseconds until the next attempt: `longest` less a part left to chance, or what the error asks for. */
function delayAfter(s: Settings, error: unknown, attempt: number, longest: number): number {
  // From the run's own source of chance, so that a seed gives the same delays again.
  const delay = Math.min(longest, s.maxDelay) * (1 - s.jitter * (m.current().below(STEPS) / STEPS));
  const asked: unknown = s.retryAfter(error, attempt);
  if (asked === undefined) return delay;
  if (typeof asked === "number" && asked >= 0) return Math.max(delay, asked);
  const what = `retry: retryAfter: expected milliseconds from 0 up or undefined, got ${show(asked)}`;
  throw new ArgumentError(what, { cause: error });
}

/**
 * Calls `fn` until it works.
 *
 * @param failed what the first attempt has failed with, where it was made before
 */
export function* attempts<X>(
  s: Settings,
  ctx: Context,
  fn: (attempt: number) => X,
  failed?: { readonly error: unknown },
): Go<Result<X>> {
  let longest = s.delay;
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt === 1 && failed !== undefined) throw failed.error;
      return yield* call(fn, [attempt]);
    } catch (error) {
      if (error instanceof Goexit || error instanceof FatalError) throw error;
      if (attempt >= s.attempts || ctx.err() !== undefined || !worthIt(s, error, attempt)) throw error;
      const delay = delayAfter(s, error, attempt, longest);
      longest *= s.factor;
      s.onRetry({ attempt, error, delay });
      const { index } = yield* select([sleep(delay), ctx.done().recv()]);
      if (index === 1) throw thrownFor(ctx, error);
    }
  }
}

/** The first attempt without a goroutine: what it gives, or a promise of it; the others follow in one. */
function firstAttempt<X>(
  name: string,
  s: Settings,
  ctx: CancelCtx,
  fn: (attempt: number) => X,
): Result<X> | Promise<Result<X>> {
  const again = async (error: unknown): Promise<Result<X>> => {
    try {
      return await new Action(name, () => attempts(s, ctx, fn, { error }));
    } finally {
      ctx.cancel(undefined);
    }
  };
  let given: X;
  try {
    given = fn(1);
  } catch (error) {
    return again(error);
  }
  const promise = pending(name, given) as Promise<Result<X>> | null;
  if (promise === null) {
    ctx.cancel(undefined);
    return given as Result<X>;
  }
  return promise.then((value) => {
    ctx.cancel(undefined);
    return value;
  }, again);
}

/**
 * Calls a function until it works, with growing delays in between that are partly left to chance.
 *
 * Blocks until an attempt has succeeded, and gives its result. Throws what the last attempt has thrown. When its context is
 * done during a delay, throws an error with that one's name and message, and the last attempt's error as its `cause`. As a case of a select it runs in a
 * goroutine of its own; where it is lost, or with a context that is done, it is told so through the context that `fn` is given, and ends with the attempt it is at.
 *
 * @param fn a generator, async or plain function; gets the number of the attempt, from 1 up, and a context
 * @param options `attempts`, at most (3); `delay`, the first one in milliseconds (100); `factor`, by which it grows (2);
 *   `maxDelay` in milliseconds (30,000); `jitter`, how much of it is left to chance, from 0 to 1 (0.5); `retryAfter`, how
 *   long an error asks to wait; `when`, which errors are
 *   worth another attempt (all); `onRetry`, called before each delay; `ctx`, which ends it
 * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function or an option is wrong
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { retry } from "millrace/patterns";
 * await run(function* () {
 *   const answer = yield* retry(
 *     async (attempt) => {
 *       if (attempt < 3) throw new Error("busy");
 *       return 42;
 *     },
 *     { attempts: 5, delay: 1 },
 *   );
 *   console.log(answer); // 42
 * });
 * ```
 */
export function retry<X>(
  fn: (attempt: number, ctx: Context) => X,
  options: RetryOptions & { readonly ctx?: Context | undefined } = {},
): Op<Result<X>> {
  callable("retry", fn);
  const settings = checkRetry("retry", options);
  const name = fn.name || "retry";
  const one = anywhere(fn, GRACE) as typeof fn;
  return made(
    new TaskOp(
      new TaskCode<Result<X>>(
        name,
        checkContext("retry", options.ctx),
        (ctx) => attempts(settings, ctx, (attempt) => one(attempt, ctx)),
        (ctx) => firstAttempt(name, settings, ctx, (attempt) => one(attempt, ctx)),
      ),
    ),
  );
}
