/**
 * What a pool of workers holds: its jobs, who waits for a place, and its crew.
 *
 * Invariants: a job is in the line, queued, running or ended, and `open` counts those that have not ended; while a job is
 * queued all workers are busy, while one is in the line the queue is full too. Idle workers are no goroutines (`crew.ts`),
 * so a pool that is forgotten leaves nothing that runs or waits.
 *
 * What becomes of an error: every join of the job gets it. One that nothing has waited for is in `failures`.
 */
import { CancelCtx } from "../context/cancel-ctx.ts";
import { nodeOf } from "../context/parent.ts";
import { background } from "../context/roots.ts";
import type { Context } from "../context/types.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import { m } from "../runtime/m.ts";
import { Panic } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import { type Proxies, Waiter, WaitQueue } from "../runtime/waiter.ts";
import { Crew, type Sink } from "./crew.ts";
import { Failures } from "./failures.ts";
import { type JobPool, PoolJob } from "./job.ts";
import { JobQueue } from "./job-queue.ts";
import { anywhere, checkMap, type MapOptions, type Progress } from "./mapping.ts";
import { attempts } from "./retry.ts";
import { type Inlet, inletOf } from "./source.ts";

/** Options of a pool. */
export type PoolOptions = Omit<MapOptions, "ordered">;

/** The pool itself. As a waiter it is parked on the end of its context while there are jobs. */
export class PoolState<T, R> extends Waiter implements Sink<PoolJob<T, R>, R>, JobPool {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly p: P = m.current();
  readonly ctx: CancelCtx;
  readonly crew: Crew<PoolJob<T, R>, R>;
  readonly queue: JobQueue<T, R>;
  readonly drainers: WaitQueue = new WaitQueue();
  readonly failures: Failures = new Failures(this.p, () => this.open === 0);
  /** Jobs that have not ended. */
  open = 0;
  /** It takes no more jobs. */
  closed = false;
  submitted = 0;
  /** What it was stopped with. */
  stopped: { readonly cause: unknown } | null = null;
  readonly #first: boolean;
  readonly #parent: Context | undefined;
  readonly #ended: Inlet | undefined;
  readonly #report: ((progress: Progress) => void) | undefined;
  #begun = 0;
  #done = 0;
  #failed = 0;

  constructor(fn: (value: T, ctx: Context, id: number) => unknown, options: PoolOptions) {
    super();
    const { errors = "all" } = options;
    const { workers, queue, retry, progress } = checkMap("new WorkerPool", fn, { ...options, errors });
    const parent = options.ctx ?? background();
    this.ctx = new CancelCtx(parent, nodeOf("new WorkerPool", parent));
    const call = anywhere(fn);
    const job =
      retry === undefined
        ? ({ input, id }: PoolJob<T, R>, ctx: Context) => call(input, ctx, id)
        : ({ input, id }: PoolJob<T, R>, ctx: Context) => attempts(retry, ctx, () => call(input, ctx, id));
    this.queue = new JobQueue<T, R>(queue, () => this.left());
    this.crew = new Crew<PoolJob<T, R>, R>(
      fn.name || "worker",
      this.queue,
      (each) => {
        if (this.stopped !== null) throw this.stopped.cause;
        const ctx = each.begin();
        this.#begun++;
        return job(each, ctx);
      },
      workers,
      this.ctx,
      this,
    );
    this.#first = errors === "first";
    this.#parent = options.ctx;
    this.#ended = options.ctx && inletOf("new WorkerPool", options.ctx.done());
    this.#report = progress;
    this.crew.hire();
  }

  // ---- submitting --------------------------------------------------------------------------------------------------

  /** Refuses jobs once it takes none. */
  check(): void {
    if (m.touch !== null) m.touch(this);
    const error = this.#parent?.err();
    if (error !== undefined) this.stop(error);
    if (this.stopped !== null) {
      this.#told();
      throw this.stopped.cause;
    }
    if (this.closed) throw new Panic("SEND_ON_CLOSED", "a job was submitted to a WorkerPool that was closed");
  }

  /** One more has come that must be waited for. */
  enter(): void {
    this.failures.used();
    this.crew.given();
    if (this.open++ === 0) this.#ended?.park(this);
  }

  /** A job that is done in `scope`, that of its submitter. */
  job(input: T, scope: AsyncScope): PoolJob<T, R> {
    return new PoolJob<T, R>(++this.submitted, input, this, scope);
  }

  /** Queues a job; there is room for it. */
  accept(input: T, scope: AsyncScope = capture(this.p.scope)): PoolJob<T, R> {
    this.enter();
    const job = this.job(input, scope);
    this.queue.put(job);
    return job;
  }

  get running(): number {
    return this.#begun - this.#done - this.#failed;
  }

  /** A job has left the line, or has ended. */
  left(): void {
    if (m.touch !== null) m.touch(this);
    if (--this.open > 0) return;
    this.#ended?.unpark(this);
    this.crew.taken();
    if (this.drainers.first === null) {
      this.failures.idle();
      return;
    }
    const failure = this.failure();
    for (let w = this.drainers.shift(); w !== null; w = this.drainers.shift()) {
      if (failure === null) w.complete(undefined, true);
      else w.fail(failure.error);
    }
  }

  /** Takes the errors that nothing has joined. */
  failure(): { readonly error: unknown } | null {
    const failures = this.failures.take();
    if (failures === null) return null;
    const { errors, count } = failures;
    if (this.#first) return { error: errors[0] };
    const which = count > errors.length ? `; these are the first ${errors.length - 1} errors and the latest` : "";
    return { error: new AggregateError(errors, `${count} job${count === 1 ? "" : "s"} failed${which}`) };
  }

  // ---- what the crew tells -----------------------------------------------------------------------------------------

  scopeOf(job: PoolJob<T, R>): AsyncScope {
    return job.scope;
  }

  room(): boolean {
    return true;
  }

  began(): void {}

  done(_index: number, result: R, job: PoolJob<T, R>): void {
    this.#done++;
    job.end("done", result);
    this.#tell();
    this.left();
  }

  failed(_index: number, error: unknown, job: PoolJob<T, R>): void {
    if (job.state === "running") this.#failed++;
    const joined = job.end("failed", error);
    if (!joined && !job.cancelled && this.stopped === null) this.failures.add(job, error);
    if (this.#first) this.stop(error);
    this.#tell();
    this.left();
  }

  broke(): void {}

  idle(): void {}

  // ---- ending ------------------------------------------------------------------------------------------------------

  drop(job: PoolJob<T, R>): void {
    if (!this.queue.remove(job)) return; // a worker was sent for it, and will see
    job.end("failed", job.cancelled?.cause);
    this.queue.refill();
    this.left();
  }

  taken(): void {
    this.failures.used();
    this.crew.taken();
  }

  noticed(job: PoolJob<unknown, unknown>): void {
    this.failures.joined(job);
  }

  /** Somebody else got what the pool was stopped with: with `errors: "first"`, that is the job's error. */
  #told(): void {
    if (this.#first) this.failures.take();
  }

  close(): void {
    this.closed = true;
    this.queue.close();
  }

  stop(cause: unknown): void {
    if (this.stopped !== null) return;
    this.stopped = { cause };
    this.ctx.cancel(cause);
    this.queue.close();
    this.crew.quit();
    for (let w = this.queue.line.shift(); w !== null; w = this.queue.line.shift()) {
      w.fail(cause);
      this.#told();
      this.left();
    }
    for (let job = this.queue.shift(); job !== null; job = this.queue.shift()) {
      if (job.end("failed", cause)) this.#told();
      this.left();
    }
  }

  #tell(): void {
    if (this.#report === undefined) return;
    try {
      this.#report({ started: this.#begun, done: this.#done, failed: this.#failed, total: this.submitted });
    } catch (error) {
      this.stop(error);
    }
  }

  /** The context is done. */
  override complete(): void {
    this.stop(this.#parent?.err());
  }

  override fail(error: unknown): void {
    this.stop(error);
  }
}
