/** Deriving contexts that end by the clock. */
import { millis } from "../runtime/args.ts";
import type { NameOptions } from "../runtime/named.ts";
import { current } from "../runtime/proc.ts";
import { checkDate, LAST, type Moment, monotonicAt, timeOf } from "../time/time.ts";
import { cancelFunc } from "./cancel.ts";
import { CancelCtx } from "./cancel-ctx.ts";
import { nameContext } from "./ctx.ts";
import { DeadlineCtx } from "./deadline-ctx.ts";
import { nodeOf } from "./parent.ts";
import type { CancelFunc, Context } from "./types.ts";

/** A context that ends at `when`, unless something above ends it no later. What no `Date` can say is no deadline. */
function derive(
  parent: Context,
  up: CancelCtx | null,
  when: number,
  deadline: Moment | null,
  cause: unknown,
): CancelCtx {
  const { clock } = current();
  if (clock.wall() + when - clock.now() > LAST || earlier(up, when)) return new CancelCtx(parent, up);
  return new DeadlineCtx(parent, up, when, deadline && timeOf(clock, when, deadline), cause);
}

/** Whether a deadline above comes before `when`. */
function earlier(up: CancelCtx | null, when: number): boolean {
  if (up === null) return false;
  if (up.asked === null && up.p.clock === current().clock) return up.due < when;
  const above = up.deadline();
  return above !== undefined && monotonicAt(current().clock, above) < when;
}

/**
 * Derives a context that is cancelled `d` milliseconds from now at the latest: `withDeadline(parent, now().add(d))`.
 *
 * It ends with `DeadlineExceeded` when the time is up, with `Canceled` when `cancel` is called before, with what its parent
 * ends with when that comes first. No timer runs for it while nobody waits for its end.
 * Source: https://pkg.go.dev/context#WithTimeout
 *
 * @param parent the context to derive from; it ends with that one
 * @param d in milliseconds; zero or less is over at once, `Infinity`, and what is beyond any `Date`, is no deadline
 * @param options `name`: what the context is called in dumps and traces
 * @throws Panic NIL_CONTEXT when `parent` is null or undefined; ArgumentError when it is no context or `d` no number
 *
 * @example
 * ```ts
 * import { run, select } from "millrace";
 * import { background, withTimeout } from "millrace/context";
 * import { after } from "millrace/time";
 * await run(function* () {
 *   const [ctx, cancel] = withTimeout(background(), 5);
 *   using _ = cancel;
 *   const s = yield* select({ slow: after(60_000).recv(), done: ctx.done().recv() });
 *   console.log(s.case, ctx.err()?.message); // done context deadline exceeded
 * });
 * ```
 */
export function withTimeout(parent: Context, d: number, options?: NameOptions): [ctx: Context, cancel: CancelFunc] {
  return withTimeoutCause(parent, d, undefined, options);
}

/**
 * Like `withTimeout`, and `cause` gives `reason` when the time is up. `cancel` sets no cause.
 * Source: https://pkg.go.dev/context#WithTimeoutCause
 *
 * @param parent the context to derive from; it ends with that one
 * @param d in milliseconds
 * @param reason the cause when the time is up; `undefined` for `DeadlineExceeded`
 * @param options `name`: what the context is called in dumps and traces
 * @throws Panic NIL_CONTEXT when `parent` is null or undefined; ArgumentError when it is no context or `d` no number
 *
 * @example
 * ```ts
 * import { background, cause, withTimeoutCause } from "millrace/context";
 * const [ctx] = withTimeoutCause(background(), 0, new Error("the database is slow"));
 * console.log(ctx.err()?.message); // context deadline exceeded
 * console.log((cause(ctx) as Error).message); // the database is slow
 * ```
 */
export function withTimeoutCause(
  parent: Context,
  d: number,
  reason: unknown,
  options?: NameOptions,
): [ctx: Context, cancel: CancelFunc] {
  const up = nodeOf("withTimeout", parent);
  millis("withTimeout", d, -Infinity);
  const ctx = derive(parent, up, current().clock.now() + d, null, reason);
  nameContext(ctx, "withTimeout", options);
  return [ctx, cancelFunc(ctx)];
}

/**
 * Derives a context that is cancelled at `deadline` at the latest. When the parent's deadline is earlier, that one stays.
 *
 * A `Time`, from `now().add(d)`, is measured with the monotonic clock; for another `Date`, how far off it is, is taken from
 * the wall clock now, and from there on it is monotonic too.
 * Source: https://pkg.go.dev/context#WithDeadline
 *
 * @param parent the context to derive from; it ends with that one
 * @param deadline when: a `Date`, or a `Time` of `millrace/time`
 * @param options `name`: what the context is called in dumps and traces
 * @throws Panic NIL_CONTEXT when `parent` is null or undefined; ArgumentError when it is no context or `deadline` no valid `Date`
 *
 * @example
 * ```ts
 * import { background, withDeadline } from "millrace/context";
 * import { now, Second } from "millrace/time";
 * const deadline = now().add(2 * Second);
 * const [ctx, cancel] = withDeadline(background(), deadline);
 * console.log(ctx.deadline() === deadline); // true
 * cancel();
 * ```
 */
export function withDeadline(
  parent: Context,
  deadline: Moment,
  options?: NameOptions,
): [ctx: Context, cancel: CancelFunc] {
  return withDeadlineCause(parent, deadline, undefined, options);
}

/**
 * Like `withDeadline`, and `cause` gives `reason` when the deadline has passed. `cancel` sets no cause.
 * Source: https://pkg.go.dev/context#WithDeadlineCause
 *
 * @param parent the context to derive from; it ends with that one
 * @param deadline when: a `Date`, or a `Time` of `millrace/time`
 * @param reason the cause when the deadline has passed; `undefined` for `DeadlineExceeded`
 * @param options `name`: what the context is called in dumps and traces
 * @throws Panic NIL_CONTEXT when `parent` is null or undefined; ArgumentError when it is no context or `deadline` no valid `Date`
 *
 * @example
 * ```ts
 * import { background, cause, withDeadlineCause } from "millrace/context";
 * const [ctx] = withDeadlineCause(background(), new Date(0), new Error("too late"));
 * console.log((cause(ctx) as Error).message); // too late
 * ```
 */
export function withDeadlineCause(
  parent: Context,
  deadline: Moment,
  reason: unknown,
  options?: NameOptions,
): [ctx: Context, cancel: CancelFunc] {
  const up = nodeOf("withDeadline", parent);
  checkDate("withDeadline", deadline);
  const ctx = derive(parent, up, monotonicAt(current().clock, deadline), deadline, reason);
  nameContext(ctx, "withDeadline", options);
  return [ctx, cancelFunc(ctx)];
}
