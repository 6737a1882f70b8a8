/** A pool of workers that jobs are submitted to one by one; what it holds is in `pool-state.ts`. */

import { Canceled } from "../context/errors.ts";
import type { Context } from "../context/types.ts";
import { whole } from "../runtime/args.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import { NO, Operation } from "../runtime/op.ts";
import type { Go, Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { UntilDone } from "../sync/until-done.ts";
import type { Job, PoolJob } from "./job.ts";
import { checkJob, type JobOptions, type JobSettings } from "./job-options.ts";
import type { Applicant } from "./job-queue.ts";
import { type PoolOptions, PoolState } from "./pool-state.ts";
import { StateOp } from "./pool-waits.ts";

class SubmitOp<T, R> extends Operation<Job<R>> implements Applicant<T, R> {
  readonly #pool: PoolState<T, R>;
  readonly #input: T;
  readonly #scope: AsyncScope;
  readonly settings: JobSettings;

  constructor(pool: PoolState<T, R>, input: T, settings: JobSettings) {
    super();
    this.#pool = pool;
    this.#input = input;
    this.#scope = capture(pool.p.scope);
    this.settings = settings;
  }

  override get verb(): string {
    return "submit";
  }

  override get on(): PoolState<T, R> {
    return this.#pool;
  }

  override attempt(): Job<R> | NO {
    this.#pool.check(this.settings);
    const { queue } = this.#pool;
    return queue.free(this.settings.weight) ? this.#pool.accept(this.#input, this.settings, this.#scope) : NO;
  }

  override enqueue(w: Waiter): void {
    this.#pool.enter();
    w.value = this;
    this.#pool.queue.stand(w);
  }

  admit(w: Waiter): PoolJob<T, R> {
    const job = this.#pool.job(this.#input, this.#scope, this.settings);
    w.complete(job, true);
    return job;
  }

  override dequeue(w: Waiter): void {
    if (w.value === undefined) return;
    this.#pool.queue.leave(w);
    w.value = undefined;
    this.#pool.left();
  }
}

class RunOp<T, R> extends Operation<R> implements Applicant<T, R> {
  readonly #pool: PoolState<T, R>;
  readonly #input: T;
  readonly #scope: AsyncScope;
  readonly settings: JobSettings;

  constructor(pool: PoolState<T, R>, input: T, settings: JobSettings) {
    super();
    this.#pool = pool;
    this.#input = input;
    this.#scope = capture(pool.p.scope);
    this.settings = settings;
  }

  override get verb(): string {
    return "run";
  }

  override get on(): PoolState<T, R> {
    return this.#pool;
  }

  override attempt(): NO {
    this.#pool.check(this.settings);
    return NO;
  }

  /** The waiter's value is this operation while it stands in the line, then the job. */
  override enqueue(w: Waiter): void {
    const { queue } = this.#pool;
    this.#pool.enter();
    if (queue.free(this.settings.weight)) this.#pool.put(this.admit(w));
    else {
      w.value = this;
      queue.stand(w);
    }
  }

  admit(w: Waiter): PoolJob<T, R> {
    const job = this.#pool.job(this.#input, this.#scope, this.settings);
    job.addJoiner(w);
    w.value = job;
    return job;
  }

  override dequeue(w: Waiter): void {
    const at = w.value as PoolJob<T, R> | this | undefined;
    if (at === undefined) return;
    if (at === this) this.#pool.queue.leave(w);
    w.value = undefined;
    if (at === this) {
      this.#pool.left();
    } else {
      const job = at as PoolJob<T, R>;
      job.removeJoiner(w);
      job.cancel();
    }
  }
}

class DrainOp<T, R> extends Operation<void> {
  readonly #pool: PoolState<T, R>;

  constructor(pool: PoolState<T, R>) {
    super();
    this.#pool = pool;
  }

  override get verb(): string {
    return "drain";
  }

  override get on(): PoolState<T, R> {
    return this.#pool;
  }

  override attempt(): undefined | NO {
    if (this.#pool.open > 0) return NO;
    this.#pool.taken();
    const failure = this.#pool.failure();
    if (failure !== null) throw failure.error;
    return undefined;
  }

  override enqueue(w: Waiter): void {
    this.#pool.drainers.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#pool.drainers.remove(w);
  }
}

/** `op`, which is given up when a context of its job is done: while it waits to be queued, no job watches that yet. */
function givenUp<X>(op: Op<X>, { contexts }: JobSettings): Op<X> {
  if (contexts.length === 0) return op;
  return contexts.reduce<Op<X>>((inner, ctx) => new UntilDone(inner, ctx), op);
}

/**
 * A bounded number of workers that do the jobs which are submitted to them, with a bounded queue before them.
 *
 * A worker that has no job is no goroutine, so a pool need not be ended. `close` and `drain` end it gracefully, `stop`, or
 * disposing of it, at once. When its context is done it is stopped.
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { WorkerPool } from "millrace/patterns";
 * await run(function* () {
 *   const pool = new WorkerPool(async (name: string) => `hello, ${name}`, { workers: 2 });
 *   const job = yield* pool.submit("Ada");
 *   console.log(yield* job.join(), yield* pool.run("Grace")); // hello, Ada hello, Grace
 *   pool.close();
 *   yield* pool.drain();
 * });
 * ```
 */
export class WorkerPool<T, R> implements Disposable {
  readonly #state: PoolState<T, R>;

  /**
   * Makes a pool. Starts nothing: a worker begins with the first job.
   *
   * @param fn what a job is: a generator, async or plain function; gets the value that was submitted, a context that is
   *   done when the job is cancelled, and the job's number. Jobs of a parallel function run on any thread
   * @param options `workers`, how many jobs at once (8); `queue`, how many may wait before `submit` blocks (as many); `errors`,
   *   whether the first one stops the pool or all are collected (the default); `retry`; `progress`; `on`, hooks, or a fleet whose processes do the jobs; `limiter`, how
   *   often jobs begin; `paused`, at the start (false); `ctx`, which stops it
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when an argument or option is wrong
   */
  constructor(fn: (value: T, ctx: Context, id: number) => Go<R> | PromiseLike<R> | R, options: PoolOptions = {}) {
    this.#state = new PoolState<T, R>(fn, options);
  }

  /** Jobs that are with a worker. */
  get running(): number {
    return this.#state.running;
  }

  /** Jobs that wait for a worker, those that wait to be queued included. */
  get queued(): number {
    return this.#state.open - this.#state.running;
  }

  /**
   * How many jobs are done at once. It may be set at any time; jobs that run when it becomes less go on, and fewer follow them.
   *
   * @param workers a whole number from 1 up, or Infinity
   * @throws ArgumentError when it is set to something else
   */
  get workers(): number {
    return this.#state.crew.workers;
  }

  set workers(workers: number) {
    this.#state.resize(workers);
  }

  /** Whether it begins no job at present. */
  get paused(): boolean {
    return this.#state.paused;
  }

  /** Milliseconds until its limiter lets a job begin: 0 when one may begin now, or there is none. */
  get limited(): number {
    return this.#state.limited;
  }

  /**
   * Submits a job, and gives it.
   *
   * Blocks while all workers are busy, or the pool is paused, and the queue is full. An error of the job is thrown by its `join`,
   * or by `drain` if nothing joins it. When the pool has been idle for 50 ms without either, it is a panic of the pool's run
   * (`onPanic`). As a case of a select that is lost it submits nothing.
   *
   * @param value what the pool's function gets as its first argument
   * @param options `ctx` and `signal`, which give it up; `timeout` in milliseconds from its beginning; `priority`, the highest first
   *   (0); `weight`, how many workers' share it takes (1); `id`, by which `job` finds it
   * @throws Panic SEND_ON_CLOSED once the pool was closed; what it was stopped with once it was stopped; ArgumentError when an
   *   option is wrong, or a job with that id has not ended
   */
  submit(value: T, options?: JobOptions): Op<Job<R>> {
    const settings = checkJob("WorkerPool.submit", options);
    return made(givenUp(new SubmitOp(this.#state, value, settings), settings));
  }

  /**
   * Submits a job if `submit` would not block, and gives it; `undefined` if it would.
   *
   * @param value what the pool's function gets as its first argument
   * @param options as for `submit`
   * @throws Panic SEND_ON_CLOSED once the pool was closed; what it was stopped with once it was stopped; ArgumentError as `submit`
   */
  trySubmit(value: T, options?: JobOptions): Job<R> | undefined {
    const settings = checkJob("WorkerPool.trySubmit", options);
    this.#state.check(settings);
    return this.#state.queue.free(settings.weight) ? this.#state.accept(value, settings) : undefined;
  }

  /**
   * Submits a job, waits for its end and gives its result.
   *
   * Blocks until then, or until it is given up. Throws what the job throws. As a case of a select that is lost it takes the job
   * back, or cancels it when it has begun.
   *
   * @param value what the pool's function gets as its first argument
   * @param options as for `submit`
   * @throws Panic SEND_ON_CLOSED once the pool was closed; what it was stopped with once it was stopped; ArgumentError as `submit`
   */
  run(value: T, options?: JobOptions): Op<R> {
    const settings = checkJob("WorkerPool.run", options);
    return made(givenUp(new RunOp(this.#state, value, settings), settings));
  }

  /**
   * The job that was submitted with that `id` and has not ended.
   *
   * @param id what it was submitted with
   */
  job(id: string): Job<R> | undefined {
    return this.#state.named(id);
  }

  /** Begins no more jobs until `resume`. Those that run go on, more may be submitted. Never blocks. */
  pause(): void {
    this.#state.pause();
  }

  /** Begins jobs again after `pause`, or `paused: true`. Never blocks. */
  resume(): void {
    this.#state.resume();
  }

  /**
   * Drops the jobs that wait, those that wait to be queued included; the ones that run go on, and more may be submitted. Never
   * blocks.
   *
   * @param cause what is thrown to who waits for a job that was dropped; `Canceled` by default
   */
  clear(cause: unknown = Canceled): void {
    this.#state.clear(cause);
  }

  /** Waits until no job waits and none runs. Blocks until then. Unlike `drain` it throws no errors of jobs. */
  idle(): Op<void> {
    return made(new StateOp(this.#state.waits, ({ open }) => open === 0));
  }

  /** Waits until no job waits; some may run. Blocks until then. */
  empty(): Op<void> {
    return this.below(1);
  }

  /**
   * Waits until fewer than `n` jobs wait. Blocks until then.
   *
   * @param n a whole number from 1 up
   * @throws ArgumentError when it is not that
   */
  below(n: number): Op<void> {
    whole("WorkerPool.below", n, 1);
    return made(new StateOp(this.#state.waits, ({ open, running }) => open - running < n));
  }

  /** Waits until all workers are busy. Blocks until then. */
  saturated(): Op<void> {
    return made(new StateOp(this.#state.waits, ({ saturated }) => saturated));
  }

  /** Takes no more jobs; those that were submitted are done. Never blocks. */
  close(): void {
    this.#state.close();
  }

  /**
   * Waits until all jobs that were submitted have ended.
   *
   * Blocks until then; more may be submitted meanwhile, unless the pool was closed. Throws the errors of jobs that nothing
   * joined and that were not reported before: in an `AggregateError`, the first 1,000 and the latest of them, with the number
   * of all in its message; with `errors: "first"` the first one itself.
   */
  drain(): Op<void> {
    return made(new DrainOp(this.#state));
  }

  /**
   * Takes no more jobs, drops those that wait and cancels those that run through their contexts. Never blocks: `drain`
   * waits until they have ended.
   *
   * @param cause what those who wait for a job that was dropped get, and what the contexts' cause is; `Canceled` by default
   */
  stop(cause: unknown = Canceled): void {
    this.#state.stop(cause);
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
