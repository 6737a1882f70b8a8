/** A job of a pool: what its submitter holds of it, and its place in the pool. */
import { CancelCtx } from "../context/cancel-ctx.ts";
import { Canceled } from "../context/errors.ts";
import { nodeOf } from "../context/parent.ts";
import type { Context } from "../context/types.ts";
import { NO, Op, type WaitReason } from "../runtime/op.ts";
import type { P } from "../runtime/proc.ts";
import { made } from "../runtime/unused.ts";
import { type Proxies, Waiter, WaitQueue } from "../runtime/waiter.ts";

/** A job that was submitted to a pool. */
export interface Job<out R> {
  /** Its number in the pool, from 1 up. */
  readonly id: number;
  /** Waiting for a worker, being done, or how it has ended. */
  readonly state: "queued" | "running" | "done" | "failed";
  /**
   * Waits until the job has ended, and gives its result. Blocks until then. Throws what the job has thrown, and the cause
   * when it was cancelled before it began.
   */
  join(): Op<R>;
  /**
   * Cancels the job: one that is queued is dropped, one that is running sees it in its context. Never blocks.
   *
   * @param cause what the context's cause is, and what `join` throws of a job that was dropped; `Canceled` by default
   */
  cancel(cause?: unknown): void;
}

/** What a job needs of its pool. */
export interface JobPool {
  readonly p: P;
  readonly ctx: Context;
  /** Takes a job out that was cancelled before it has begun. */
  drop(job: PoolJob<unknown, unknown>): void;
  /** Somebody has taken notice of its error. */
  noticed(job: PoolJob<unknown, unknown>): void;
}

/** A job. It is a waiter only to have a place in the queue of jobs. */
export class PoolJob<T, R> extends Waiter implements Job<R> {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  /** What was submitted. */
  override value: T;
  override proxies: Proxies = null;
  readonly id: number;
  readonly pool: JobPool;
  state: Job<R>["state"] = "queued";
  inQueue = false;
  /** The result or the error. */
  outcome: unknown = undefined;
  /** It was told to stop, and why; so that it fails is no news. */
  cancelled: { readonly cause: unknown } | null = null;
  /** Who waits for its end: mostly one. */
  #joiner: Waiter | null = null;
  #joiners: WaitQueue | null = null;
  #ctx: CancelCtx | null = null;

  constructor(id: number, input: T, pool: JobPool) {
    super();
    this.id = id;
    this.value = input;
    this.pool = pool;
  }

  join(): Op<R> {
    return made(new JoinOp(this));
  }

  cancel(cause: unknown = Canceled): void {
    if (this.state === "done" || this.state === "failed") return;
    this.cancelled ??= { cause };
    if (this.state === "queued") this.pool.drop(this);
    else this.#ctx?.cancel(cause);
  }

  /** It begins: its context. Throws when it was told to stop before that. */
  begin(): Context {
    if (this.cancelled !== null) throw this.cancelled.cause;
    // What withCancelCause does, without its function for each job.
    this.#ctx = new CancelCtx(this.pool.ctx, nodeOf("WorkerPool", this.pool.ctx));
    this.state = "running";
    return this.#ctx;
  }

  addJoiner(w: Waiter): void {
    if (this.#joiner === null && this.#joiners === null) this.#joiner = w;
    else {
      this.#joiners ??= new WaitQueue();
      this.#joiners.push(w);
    }
  }

  removeJoiner(w: Waiter): void {
    if (this.#joiner === w) this.#joiner = null;
    else this.#joiners?.remove(w);
  }

  /** It has ended. Says whether anybody waited for that. */
  end(state: "done" | "failed", outcome: unknown): boolean {
    this.state = state;
    this.outcome = outcome;
    // Nobody may be left to wait for it.
    if (this.#ctx !== null && this.#ctx.hold !== null) this.#ctx.cancel(undefined);
    this.#ctx = null;
    const first = this.#joiner;
    const others = this.#joiners;
    this.#joiner = this.#joiners = null;
    if (first !== null) settle(first, state, outcome);
    let joined = first !== null;
    for (let w = others?.shift() ?? null; w !== null; w = others?.shift() ?? null) {
      joined = true;
      settle(w, state, outcome);
    }
    return joined;
  }

  override complete(): void {}

  override fail(): void {}
}

function settle(w: Waiter, state: "done" | "failed", outcome: unknown): void {
  if (state === "done") w.complete(outcome, true);
  else w.fail(outcome);
}

class JoinOp<R> extends Op<R> {
  readonly #job: PoolJob<unknown, R>;

  constructor(job: PoolJob<unknown, R>) {
    super();
    this.#job = job;
  }

  override get reason(): WaitReason {
    return "join";
  }

  override attempt(): R | NO {
    const { state, outcome, pool } = this.#job;
    if (state === "done") return outcome as R;
    if (state !== "failed") return NO;
    pool.noticed(this.#job);
    throw outcome;
  }

  override enqueue(w: Waiter): void {
    this.#job.addJoiner(w);
  }

  override dequeue(w: Waiter): void {
    this.#job.removeJoiner(w);
  }

  override get home(): P {
    return this.#job.pool.p;
  }
}
