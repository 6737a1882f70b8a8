/** A pool of workers that jobs are submitted to one by one; what it holds is in `pool-state.ts`. */

import { Canceled } from "../context/errors.ts";
import type { Context } from "../context/types.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import { type Go, NO, Op, type WaitReason } from "../runtime/op.ts";
import type { P } from "../runtime/proc.ts";
import { made } from "../runtime/unused.ts";
import type { Waiter } from "../runtime/waiter.ts";
import type { Job, PoolJob } from "./job.ts";
import type { Applicant } from "./job-queue.ts";
import { type PoolOptions, PoolState } from "./pool-state.ts";

class SubmitOp<T, R> extends Op<Job<R>> implements Applicant<T, R> {
  readonly #pool: PoolState<T, R>;
  readonly #input: T;
  readonly #scope: AsyncScope;

  constructor(pool: PoolState<T, R>, input: T) {
    super();
    this.#pool = pool;
    this.#input = input;
    this.#scope = capture(pool.p.scope);
  }

  override get reason(): WaitReason {
    return "semacquire";
  }

  override attempt(): Job<R> | NO {
    this.#pool.check();
    return this.#pool.queue.free ? this.#pool.accept(this.#input, this.#scope) : NO;
  }

  override enqueue(w: Waiter): void {
    this.#pool.enter();
    w.value = this;
    this.#pool.queue.line.push(w);
  }

  admit(w: Waiter): PoolJob<T, R> {
    const job = this.#pool.job(this.#input, this.#scope);
    w.complete(job, true);
    return job;
  }

  override dequeue(w: Waiter): void {
    if (w.value === undefined) return;
    w.value = undefined;
    this.#pool.queue.line.remove(w);
    this.#pool.left();
  }

  override get home(): P {
    return this.#pool.p;
  }
}

class RunOp<T, R> extends Op<R> implements Applicant<T, R> {
  readonly #pool: PoolState<T, R>;
  readonly #input: T;
  readonly #scope: AsyncScope;

  constructor(pool: PoolState<T, R>, input: T) {
    super();
    this.#pool = pool;
    this.#input = input;
    this.#scope = capture(pool.p.scope);
  }

  override get reason(): WaitReason {
    return "join";
  }

  override attempt(): NO {
    this.#pool.check();
    return NO;
  }

  /** The waiter's value is this operation while it stands in the line, then the job. */
  override enqueue(w: Waiter): void {
    const { queue } = this.#pool;
    this.#pool.enter();
    if (queue.free) queue.put(this.admit(w));
    else {
      w.value = this;
      queue.line.push(w);
    }
  }

  admit(w: Waiter): PoolJob<T, R> {
    const job = this.#pool.job(this.#input, this.#scope);
    job.addJoiner(w);
    w.value = job;
    return job;
  }

  override dequeue(w: Waiter): void {
    const at = w.value as PoolJob<T, R> | this | undefined;
    if (at === undefined) return;
    w.value = undefined;
    if (at === this) {
      this.#pool.queue.line.remove(w);
      this.#pool.left();
    } else {
      const job = at as PoolJob<T, R>;
      job.removeJoiner(w);
      job.cancel();
    }
  }

  override get home(): P {
    return this.#pool.p;
  }
}

class DrainOp<T, R> extends Op<void> {
  readonly #pool: PoolState<T, R>;

  constructor(pool: PoolState<T, R>) {
    super();
    this.#pool = pool;
  }

  override get reason(): WaitReason {
    return "join";
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

  override get home(): P {
    return this.#pool.p;
  }
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
   * @param options `queue` is how many jobs may wait for a worker before `submit` blocks; with `errors: "first"` the first
   *   job that fails stops the pool
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when an argument or option is wrong
   */
  constructor(fn: (value: T, ctx: Context, id: number) => Go<R> | PromiseLike<R> | R, options: PoolOptions = {}) {
    this.#state = new PoolState<T, R>(fn, options);
  }

  /** Jobs that are being done. */
  get running(): number {
    return this.#state.running;
  }

  /** Jobs that wait for a worker. */
  get queued(): number {
    return this.#state.open - this.#state.running;
  }

  /**
   * Submits a job, and gives it.
   *
   * Blocks while all workers are busy and the queue is full. An error of the job is thrown by its `join`, or by `drain` if
   * nothing joins it. When the pool has been idle for 50 ms without either, it is a panic of the pool's run (`onPanic`). As a
   * case of a select that is lost it submits nothing.
   *
   * @param value what the pool's function gets as its first argument
   * @throws Panic SEND_ON_CLOSED once the pool was closed; what it was stopped with once it was stopped
   */
  submit(value: T): Op<Job<R>> {
    return made(new SubmitOp(this.#state, value));
  }

  /**
   * Submits a job if `submit` would not block, and gives it; `undefined` if it would.
   *
   * @param value what the pool's function gets as its first argument
   * @throws Panic SEND_ON_CLOSED once the pool was closed; what it was stopped with once it was stopped
   */
  trySubmit(value: T): Job<R> | undefined {
    this.#state.check();
    return this.#state.queue.free ? this.#state.accept(value) : undefined;
  }

  /**
   * Submits a job, waits for its end and gives its result.
   *
   * Blocks until then. Throws what the job throws. As a case of a select that is lost it takes the job back, or cancels it
   * when it has begun.
   *
   * @param value what the pool's function gets as its first argument
   * @throws Panic SEND_ON_CLOSED once the pool was closed; what it was stopped with once it was stopped
   */
  run(value: T): Op<R> {
    return made(new RunOp(this.#state, value));
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
