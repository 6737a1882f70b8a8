/** Deriving contexts that are cancelled by hand. */
import { unexpected } from "../runtime/args.ts";
import type { NameOptions } from "../runtime/named.ts";
import { CancelCtx } from "./cancel-ctx.ts";
import { causeOf, nameContext } from "./ctx.ts";
import { SignalCtx } from "./outside-ctx.ts";
import { nodeOf } from "./parent.ts";
import type { CancelCauseFunc, CancelFunc, Context } from "./types.ts";
import { WithoutCancelCtx } from "./value-ctx.ts";

/** The function that cancels `ctx`. It takes no cause. */
export function cancelFunc(ctx: CancelCtx): CancelFunc {
  const cancel = (): void => ctx.cancel(undefined);
  return disposable(cancel, cancel);
}

function disposable<F>(cancel: F, dispose: () => void): F & Disposable {
  const both = cancel as F & { [Symbol.dispose]: () => void };
  both[Symbol.dispose] = dispose;
  return both;
}

/**
 * Derives a context that can be cancelled.
 *
 * It ends when `cancel` is called or `parent` ends, whichever comes first. `cancel` never blocks, does nothing when called
 * again, and works with `using`. A context that is forgotten without it is collected; call it all the same, so that those
 * who wait below stop.
 * Source: https://pkg.go.dev/context#WithCancel
 *
 * @param parent the context to derive from; it ends with that one
 * @param options `name`: what the context is called in dumps and traces
 * @throws Panic NIL_CONTEXT when `parent` is null or undefined, ArgumentError when it is no context
 *
 * @example
 * ```ts
 * import { go, run } from "millrace";
 * import { background, withCancel } from "millrace/context";
 * await run(function* () {
 *   const [ctx, cancel] = withCancel(background());
 *   go(cancel);
 *   yield* ctx.done().recv();
 *   console.log(ctx.err()?.message); // context canceled
 * });
 * ```
 */
export function withCancel(parent: Context, options?: NameOptions): [ctx: Context, cancel: CancelFunc] {
  const ctx = nameContext(new CancelCtx(parent, nodeOf("withCancel", parent)), "withCancel", options);
  return [ctx, cancelFunc(ctx)];
}

/**
 * Like `withCancel`, and `cancel` takes the reason, which `cause` gives. `err()` is `Canceled` all the same.
 * Source: https://pkg.go.dev/context#WithCancelCause
 *
 * @param parent the context to derive from; it ends with that one
 * @param options `name`: what the context is called in dumps and traces
 * @throws Panic NIL_CONTEXT when `parent` is null or undefined, ArgumentError when it is no context
 *
 * @example
 * ```ts
 * import { background, cause, withCancelCause } from "millrace/context";
 * const [ctx, cancel] = withCancelCause(background());
 * cancel(new Error("out of coffee"));
 * console.log(ctx.err()?.message); // context canceled
 * console.log((cause(ctx) as Error).message); // out of coffee
 * ```
 */
export function withCancelCause(parent: Context, options?: NameOptions): [ctx: Context, cancel: CancelCauseFunc] {
  const ctx = nameContext(new CancelCtx(parent, nodeOf("withCancelCause", parent)), "withCancelCause", options);
  const cancel = (reason?: unknown): void => ctx.cancel(reason);
  return [ctx, disposable(cancel, () => ctx.cancel(undefined))];
}

/**
 * Derives a context that keeps the values of `parent` and is not cancelled with it: no deadline, no `err`, `done` is a nil
 * channel. For work that must be finished after the request is gone.
 * Source: https://pkg.go.dev/context#WithoutCancel
 *
 * @param parent the context whose values are kept
 * @throws Panic NIL_CONTEXT when `parent` is null or undefined, ArgumentError when it is no context
 *
 * @example
 * ```ts
 * import { background, withCancel, withoutCancel } from "millrace/context";
 * const [ctx, cancel] = withCancel(background());
 * const detached = withoutCancel(ctx);
 * cancel();
 * console.log(detached.err()); // undefined
 * ```
 */
export function withoutCancel(parent: Context): Context {
  nodeOf("withoutCancel", parent);
  return new WithoutCancelCtx(parent);
}

/**
 * Why `ctx` was cancelled: what was given to the `cancel` of `withCancelCause` or to `withTimeoutCause`, here or above,
 * whichever came first; else the same as `err()`. `undefined` while it is not cancelled.
 * Source: https://pkg.go.dev/context#Cause
 *
 * @param ctx any context
 * @throws Panic NIL_CONTEXT when `ctx` is null or undefined, ArgumentError when it is no context
 *
 * @example
 * ```ts
 * import { background, cause, DeadlineExceeded, withTimeout } from "millrace/context";
 * const [ctx] = withTimeout(background(), 0);
 * console.log(cause(ctx) === DeadlineExceeded); // true
 * ```
 */
export function cause(ctx: Context): unknown {
  nodeOf("cause", ctx);
  return causeOf(ctx);
}

const ofSignals = new WeakMap<AbortSignal, SignalCtx>();

/**
 * The context that ends when an `AbortSignal` aborts, the same one each time. Its cause is the signal's reason, its `err()`
 * is `DeadlineExceeded` when that is a timeout's and else `Canceled`, its `signal` is the given one. However many contexts
 * derive from it, the signal has one listener while something waits for them, and else none.
 *
 * @param signal of an `AbortController`, `AbortSignal.timeout()`, a request
 * @throws ArgumentError when `signal` is no `AbortSignal`
 *
 * @example
 * ```ts
 * import { cause, fromSignal, withTimeout } from "millrace/context";
 * const controller = new AbortController();
 * const [ctx, cancel] = withTimeout(fromSignal(controller.signal), 60_000);
 * controller.abort("enough");
 * console.log(ctx.err()?.message, cause(ctx)); // context canceled enough
 * cancel();
 * ```
 */
export function fromSignal(signal: AbortSignal): Context {
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof aborted !== "boolean" || typeof addEventListener !== "function") {
    throw unexpected("fromSignal", "an AbortSignal", signal);
  }
  let ctx = ofSignals.get(signal);
  if (ctx === undefined) {
    ctx = new SignalCtx(signal);
    ofSignals.set(signal, ctx);
  }
  return ctx;
}
