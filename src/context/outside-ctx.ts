/**
 * Contexts whose end comes from outside: from an `AbortSignal`, or from an implementation of `Context` that is not ours.
 * They are asked each time, because nothing here knows when they end.
 */
import type { RecvChan } from "../chan/types.ts";
import { onAbort } from "../runtime/aborts.ts";
import { microtask } from "../runtime/host.ts";
import { NO, type Operation } from "../runtime/op.ts";
import { type Proxies, Waiter } from "../runtime/waiter.ts";
import type { Time } from "../time/time.ts";
import { CancelCtx } from "./cancel-ctx.ts";
import { causeOf } from "./ctx.ts";
import { Canceled, DeadlineExceeded } from "./errors.ts";
import { tell } from "./hold.ts";
import type { Context } from "./types.ts";

/** Those below a signal that have a deadline. One that is forgotten has no end. */
const deadlines = new FinalizationRegistry<SignalCtx>((ctx) => ctx.needless());

/**
 * The root of those that a signal cancels: one for each signal. It listens while it is held, and while one below has a
 * deadline, because the earlier of the two counts, whoever looks when.
 */
export class SignalCtx extends CancelCtx {
  readonly #signal: AbortSignal;
  /** How many reasons it has to listen. */
  #needs = 0;
  #leave: (() => void) | null = null;

  constructor(signal: AbortSignal) {
    super(null, null, true);
    this.#signal = signal;
  }

  override get label(): string {
    return "context.FromSignal";
  }

  override get signal(): AbortSignal {
    return this.#signal;
  }

  override arm(): void {
    this.#need();
  }

  override disarm(): void {
    this.needless();
  }

  override attend(below: CancelCtx): void {
    deadlines.register(below, this, below);
    this.#need();
  }

  override dismiss(below: CancelCtx): void {
    if (deadlines.unregister(below)) this.needless();
  }

  #need(): void {
    if (this.#needs++ === 0) this.#leave = onAbort(this.#signal, () => CancelCtx.ended(this));
  }

  /** One reason less. */
  needless(): void {
    if (--this.#needs === 0) this.#leave?.();
  }

  override overdue(): boolean {
    return this.#signal.aborted;
  }

  override conclude(): void {
    const { reason } = this.#signal;
    const late = reason === DeadlineExceeded || (reason as { name?: unknown } | null)?.name === "TimeoutError";
    this.finish(late ? DeadlineExceeded : Canceled, reason, this.p.clock.now());
  }
}

/** Stands among ours for a context of another make. */
export class ForeignCtx extends CancelCtx {
  readonly #ctx: Context;
  /** Gives up waiting for its end. */
  #leave: (() => void) | null = null;

  constructor(ctx: Context) {
    super(null, null, true);
    this.#ctx = ctx;
  }

  override get label(): string {
    return "context.Foreign";
  }

  override deadline(): Time | undefined {
    return this.#ctx.deadline();
  }

  override done(): RecvChan<void> {
    return this.#ctx.done();
  }

  override get signal(): AbortSignal {
    return this.#ctx.signal;
  }

  override overdue(): boolean {
    return this.#ctx.err() !== undefined;
  }

  override conclude(): void {
    const error = this.#ctx.err() ?? Canceled;
    this.finish(error, causeOf(this.#ctx) ?? error, this.p.clock.now());
  }

  override arm(): void {
    const ctx = this.#ctx;
    if (typeof ctx.afterFunc === "function") {
      this.#leave = ctx.afterFunc(() => tell(this));
      return;
    }
    const op = ctx.done().recv() as Operation<void>;
    const w = new ForeignWaiter(this);
    this.#leave = () => op.dequeue(w);
    if (op.attempt() === NO) op.enqueue(w);
    else microtask(() => tell(this));
  }

  override disarm(): void {
    this.#leave?.();
    this.#leave = null;
  }
}

/** Waits on the `done` of a foreign context. */
class ForeignWaiter extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly #ctx: ForeignCtx;

  constructor(ctx: ForeignCtx) {
    super();
    this.#ctx = ctx;
  }

  override complete(): void {
    tell(this.#ctx);
  }

  override fail(): void {
    tell(this.#ctx);
  }
}
