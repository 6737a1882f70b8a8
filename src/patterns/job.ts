/** A job of a pool: what its submitter holds of it, and its place in the pool. */
import type { CancelCtx } from "../context/cancel-ctx.ts";
import { Canceled } from "../context/errors.ts";
import type { Context } from "../context/types.ts";
import type { AsyncScope } from "../runtime/async-scope.ts";
import { NO, Operation } from "../runtime/op.ts";
import { checkPriority } from "../runtime/priority.ts";
import type { P } from "../runtime/proc.ts";
import { rejectedWith } from "../runtime/rejection.ts";
import type { Thing } from "../runtime/thing.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Proxies, Waiter, WaitQueue } from "../runtime/waiter.ts";
import { JobCtx } from "./job-ctx.ts";
import type { JobSettings } from "./job-options.ts";
import { JobWatch } from "./job-watch.ts";

/** A job that was submitted to a pool. */
export interface Job<out R> {
  /** Its number in the pool, from 1 up. */
  readonly id: number;
  /** Waiting for a worker, with one, or how it has ended. */
  readonly state: "queued" | "running" | "done" | "failed";
  /** Jobs that wait are done highest priority first. */
  readonly priority: number;
  /**
   * Changes the priority of a job that waits; it goes behind those of the same priority. Never blocks. Does nothing once it has
   * begun.
   *
   * @param priority any number
   * @throws ArgumentError when it is not a number
   */
  setPriority(priority: number): void;
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
  readonly label: string;
  readonly ctx: CancelCtx;
  /** Takes a job out that was cancelled before it has begun. */
  drop(job: PoolJob<unknown, unknown>, error: unknown): void;
  /** Puts a job that waits where its new priority says. */
  reorder(job: PoolJob<unknown, unknown>, settings: JobSettings): void;
  /** A job that runs was given up: who waits for it has its error, its function has not ended. */
  gaveUp(job: PoolJob<unknown, unknown>, error: unknown, joined: boolean): void;
  /** Somebody has joined a job that had ended. */
  taken(): void;
  /** Somebody has taken notice of its error. */
  noticed(job: PoolJob<unknown, unknown>): void;
}

/**
 * A job. It is a waiter only to have a place in the queue of jobs. Many may wait at once, so it is kept small: what it was
 * given and what came of it share a field, and so do one joiner and several.
 */
export class PoolJob<T, R> extends Waiter implements Job<R>, Thing {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  /** What was submitted; once it has ended, the result or the error. */
  override value: unknown;
  override proxies: Proxies = null;
  readonly id: number;
  readonly pool: JobPool;
  /** The async scope it is done in. */
  readonly scope: AsyncScope;
  settings: JobSettings;
  state: Job<R>["state"] = "queued";
  /** It was told to stop, and why; so that it fails is no news. */
  cancelled: { readonly cause: unknown } | null = null;
  /** Who waits for its end: mostly one. */
  #joiners: Waiter | WaitQueue | null = null;
  #ctx: JobCtx | null = null;
  /** What is to be let go of at its end: the contexts that give it up, its timer. */
  #watch: JobWatch | null = null;

  constructor(id: number, input: T, pool: JobPool, scope: AsyncScope, settings: JobSettings) {
    super();
    this.settings = settings;
    this.id = id;
    this.value = input;
    this.pool = pool;
    this.scope = scope;
  }

  get kind(): "job" {
    return "job";
  }

  get p(): P {
    return this.pool.p;
  }

  get name(): undefined {
    return undefined;
  }

  get label(): string {
    return `job ${this.id} of ${this.pool.label}`;
  }

  get touches(): null {
    return null;
  }

  /** Whether a join would not wait. */
  ready(): boolean {
    return this.#ended;
  }

  /** What was submitted. Not to be asked for once it has ended. */
  get input(): T {
    return this.value as T;
  }

  join(): Op<R> {
    return made(new JoinOp(this));
  }

  cancel(cause: unknown = Canceled): void {
    if (this.state === "done" || this.state === "failed") return;
    this.cancelled ??= { cause };
    if (this.state === "queued") this.pool.drop(this, this.cancelled.cause);
    else this.#ctx?.node.cancel(cause);
  }

  /** Its function was called, and it has not been given up. */
  get begun(): boolean {
    return this.#ctx !== null;
  }

  get priority(): number {
    return this.settings.priority;
  }

  setPriority(priority: number): void {
    checkPriority("Job.setPriority", priority);
    if (this.state === "queued") this.pool.reorder(this, { ...this.settings, priority });
  }

  /** Has it given up when one of its contexts is done; now, if one is. */
  watch(): void {
    if (this.settings.contexts.length === 0) return;
    this.#watch = new JobWatch(this.pool.p, (error, cause) => this.#giveUp(error, cause));
    this.#watch.follow(this.settings.contexts);
    if (this.#ended) this.#unwatch();
  }

  /** Whoever waits for it is told now; if it runs, it sees that in its context. */
  #giveUp(error: unknown, cause: unknown): void {
    if (this.#ended) return;
    this.cancelled ??= { cause: error };
    if (this.state === "queued") {
      this.pool.drop(this, error);
      return;
    }
    this.#ctx?.node.cancel(cause);
    const joined = this.end("failed", error);
    this.pool.gaveUp(this, error, joined);
  }

  get #ended(): boolean {
    return this.state === "done" || this.state === "failed";
  }

  #unwatch(): void {
    this.#watch?.leave();
    this.#watch = null;
  }

  /** It begins: its context. Throws when it was told to stop before that. */
  begin(): Context {
    if (this.cancelled !== null) throw this.cancelled.cause;
    const { contexts, timeout } = this.settings;
    this.#ctx = new JobCtx(this.pool.ctx, contexts);
    if (timeout < Infinity) {
      this.#watch ??= new JobWatch(this.pool.p, (error, cause) => this.#giveUp(error, cause));
      this.#watch.limit(timeout);
    }
    return this.#ctx;
  }

  addJoiner(w: Waiter): void {
    const there = this.#joiners;
    if (there === null) this.#joiners = w;
    else if (there instanceof WaitQueue) there.push(w);
    else {
      const both = new WaitQueue();
      both.push(there);
      both.push(w);
      this.#joiners = both;
    }
  }

  removeJoiner(w: Waiter): void {
    if (this.#joiners === w) this.#joiners = null;
    else if (this.#joiners instanceof WaitQueue) this.#joiners.remove(w);
  }

  /** It has ended, or was given up before. Says whether anybody waited for that. */
  end(state: "done" | "failed", outcome: unknown): boolean {
    this.state = state;
    this.value = outcome;
    this.#unwatch();
    this.#ctx?.close();
    this.#ctx = null;
    const there = this.#joiners;
    this.#joiners = null;
    if (there === null) return false;
    if (!(there instanceof WaitQueue)) {
      settle(there, state, outcome);
      return true;
    }
    const joined = there.first !== null;
    for (let w = there.shift(); w !== null; w = there.shift()) settle(w, state, outcome);
    return joined;
  }

  override complete(): void {}

  override fail(): void {}
}

function settle(w: Waiter, state: "done" | "failed", outcome: unknown): void {
  if (state === "done") {
    w.complete(outcome, true);
    return;
  }
  rejectedWith(outcome); // so that it says who waited for the job, too
  w.fail(outcome);
}

class JoinOp<R> extends Operation<R> {
  readonly #job: PoolJob<unknown, R>;

  constructor(job: PoolJob<unknown, R>) {
    super();
    this.#job = job;
  }

  override get verb(): string {
    return "join";
  }

  override get on(): PoolJob<unknown, R> {
    return this.#job;
  }

  override attempt(): R | NO {
    const { state, value, pool } = this.#job;
    if (state !== "done" && state !== "failed") return NO;
    pool.taken();
    if (state === "done") return value as R;
    pool.noticed(this.#job);
    throw value;
  }

  override enqueue(w: Waiter): void {
    this.#job.addJoiner(w);
  }

  override dequeue(w: Waiter): void {
    this.#job.removeJoiner(w);
  }
}
