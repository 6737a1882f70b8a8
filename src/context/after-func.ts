/** Functions that are called when a context has ended. */

import { startAnywhere } from "../runtime/anywhere.ts";
import { callable } from "../runtime/args.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import type { Body } from "../runtime/body.ts";
import { current, type P } from "../runtime/proc.ts";
import type { CancelCtx } from "./cancel-ctx.ts";
import { hold, unhold, Watcher } from "./hold.ts";
import { nodeOf } from "./parent.ts";
import type { Context } from "./types.ts";

class AfterFunc extends Watcher {
  override prev: Watcher | null = null;
  override next: Watcher | null = null;
  readonly #ctx: CancelCtx | null;
  readonly #p: P;
  readonly #scope: AsyncScope;
  readonly #fn: Body;
  #pending = true;

  constructor(ctx: CancelCtx | null, p: P, fn: Body) {
    super();
    this.#ctx = ctx;
    this.#p = p;
    this.#scope = capture(p.scope);
    this.#fn = fn;
    if (ctx === null) return;
    if (ctx.err() !== undefined) this.tell();
    else {
      hold(ctx, this);
      pendingOf(p).add(this);
    }
  }

  override tell(): void {
    if (!this.#pending) return;
    this.#pending = false;
    pendingIn.get(this.#p)?.delete(this);
    if (!this.#p.over) startAnywhere(this.#p, this.#fn, [], null, this.#scope);
  }

  stop(): boolean {
    if (!this.#pending) return false;
    this.#pending = false;
    pendingIn.get(this.#p)?.delete(this);
    if (this.#ctx !== null && !this.#ctx.told) unhold(this.#ctx, this);
    return true;
  }
}

/** What is pending in each run: it ends with the run, the contexts may live on. */
const pendingIn = new WeakMap<P, Set<AfterFunc>>();

function pendingOf(p: P): Set<AfterFunc> {
  let pending = pendingIn.get(p);
  if (pending === undefined) {
    const all = new Set<AfterFunc>();
    p.atEnd.push(() => {
      for (const each of all) each.stop();
    });
    pendingIn.set(p, all);
    pending = all;
  }
  return pending;
}

/**
 * Calls `fn` in a goroutine of its own after `ctx` has ended; at once when it has. Each call registers one more function.
 *
 * The function it gives takes that back: `true` when it did, `false` when `fn`'s goroutine has been started or it was
 * stopped before. It does not wait for `fn`.
 * Source: https://pkg.go.dev/context#AfterFunc
 *
 * @param ctx whose end is waited for
 * @param fn a generator, async or plain function
 * @throws Panic NIL_CONTEXT when `ctx` is null or undefined, NIL_FUNCTION when `fn` is; ArgumentError when they are no
 *   context and no function
 *
 * @example
 * ```ts
 * import { chan, run } from "millrace";
 * import { afterFunc, background, withCancel } from "millrace/context";
 * await run(function* () {
 *   const [ctx, cancel] = withCancel(background());
 *   const closed = chan<void>();
 *   const stop = afterFunc(ctx, function* () { yield* closed.send(undefined); });
 *   cancel();
 *   yield* closed.recv();
 *   console.log(stop()); // false: it was called
 * });
 * ```
 */
export function afterFunc(ctx: Context, fn: () => unknown): () => boolean {
  const node = nodeOf("afterFunc", ctx);
  callable("afterFunc", fn);
  const pending = new AfterFunc(node, current(), fn as Body);
  return () => pending.stop();
}
