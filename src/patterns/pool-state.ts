/**
 * What a pool of workers holds: its jobs, who waits for a place, and its crew.
 *
 * Invariants: a job is in the line, queued, running or ended, and `open` counts those that have not ended; while a job is
 * queued all workers are busy, while one is in the line the queue is full too. Idle workers are no goroutines (`crew.ts`),
 * so a pool that is forgotten leaves nothing that runs or waits.
 *
 * What becomes of an error: whoever joins the job gets it. One that nobody has waited for is kept, and `drain` throws it, so
 * none is lost and none is reported twice.
 */
import { CLOSED } from "../chan/closed.ts";
import { withCancelCause } from "../context/cancel.ts";
import { Canceled } from "../context/errors.ts";
import { background } from "../context/roots.ts";
import type { CancelCauseFunc, Context } from "../context/types.ts";
import { m } from "../runtime/m.ts";
import { NO } from "../runtime/op.ts";
import { Panic } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import { Waiter, WaitQueue } from "../runtime/waiter.ts";
import { Crew, type Sink } from "./crew.ts";
import { type JobPool, PoolJob } from "./job.ts";
import { checkMap, type MapOptions, type Progress } from "./mapping.ts";
import { attempts } from "./retry.ts";
import { Inlet, inletOf } from "./source.ts";

/** Options of a pool. */
export type PoolOptions = Omit<MapOptions, "ordered">;

/** The jobs that wait for a worker. */
class JobQueue<T, R> extends Inlet<PoolJob<T, R>> {
  readonly jobs: PoolJob<T, R>[] = [];
  closed = false;
  #waiter: Waiter | null = null;

  override take(): PoolJob<T, R> | NO | typeof CLOSED {
    return this.jobs.shift() ?? (this.closed ? CLOSED : NO);
  }

  override park(w: Waiter): void {
    this.#waiter = w;
  }

  override unpark(): void {
    this.#waiter = null;
  }

  /** Puts a job in, or hands it to a worker that is free. */
  put(job: PoolJob<T, R>): void {
    const w = this.#waiter;
    this.#waiter = null;
    if (w === null) this.jobs.push(job);
    else w.complete(job, true);
  }

  close(): void {
    this.closed = true;
    const w = this.#waiter;
    this.#waiter = null;
    w?.complete(undefined, false);
  }
}

/** The pool itself. As a waiter it is parked on the end of its context while there are jobs. */
export class PoolState<T, R> extends Waiter implements Sink<PoolJob<T, R>, R>, JobPool {
  readonly p: P = m.current();
  readonly ctx: Context;
  readonly cancel: CancelCauseFunc;
  readonly crew: Crew<PoolJob<T, R>, R>;
  readonly queue: JobQueue<T, R> = new JobQueue();
  /** Who waits for a place in the queue, with the job as the waiter's value. */
  readonly line: WaitQueue = new WaitQueue();
  readonly drainers: WaitQueue = new WaitQueue();
  /** What jobs have thrown that nobody has noticed. */
  readonly unnoticed: Map<PoolJob<unknown, unknown>, unknown> = new Map();
  /** Jobs that have not ended. */
  open = 0;
  /** It takes no more jobs. */
  closed = false;
  submitted = 0;
  /** What it was stopped with. */
  stopped: { readonly cause: unknown } | null = null;
  readonly #room: number;
  readonly #workers: number;
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
    [this.ctx, this.cancel] = withCancelCause(options.ctx ?? background());
    const job =
      retry === undefined
        ? ({ value, id }: PoolJob<T, R>, ctx: Context) => fn(value, ctx, id)
        : ({ value, id }: PoolJob<T, R>, ctx: Context) => attempts(retry, ctx, () => fn(value, ctx, id));
    this.crew = new Crew<PoolJob<T, R>, R>(
      fn.name || "worker",
      this.queue,
      (each) => job(each, each.begin()),
      workers,
      this.ctx,
      this,
    );
    this.#workers = workers;
    this.#room = queue;
    this.#first = errors === "first";
    this.#parent = options.ctx;
    this.#ended = options.ctx && inletOf("new WorkerPool", options.ctx.done());
    this.#report = progress;
    this.crew.hire();
  }

  // ---- submitting --------------------------------------------------------------------------------------------------

  /** Refuses jobs once it takes none. */
  check(): void {
    const error = this.#parent?.err();
    if (error !== undefined) this.stop(error);
    if (this.stopped !== null) throw this.stopped.cause;
    if (this.closed) throw new Panic("SEND_ON_CLOSED", "a job was submitted to a WorkerPool that was closed");
  }

  /** Whether a job can be accepted now. */
  get free(): boolean {
    return this.line.first === null && this.#fits;
  }

  get #fits(): boolean {
    return this.crew.active < this.#workers || this.queue.jobs.length < this.#room;
  }

  job(value: T): PoolJob<T, R> {
    if (this.open++ === 0) this.#ended?.park(this);
    return new PoolJob<T, R>(++this.submitted, value, this);
  }

  accept(value: T): PoolJob<T, R> {
    const job = this.job(value);
    this.queue.put(job);
    return job;
  }

  get running(): number {
    return this.#begun - this.#done - this.#failed;
  }

  /** Lets in those in the line, as far as there is room. */
  admit(): void {
    while (this.#fits) {
      const w = this.line.shift();
      if (w === null) break;
      const job = w.value as PoolJob<T, R>;
      if (w.gone) this.left();
      else {
        this.queue.put(job);
        w.complete(job, true);
      }
    }
    if (this.closed && this.line.first === null) this.queue.close();
  }

  /** A job has left the line, or has ended. */
  left(): void {
    if (--this.open > 0) return;
    this.#ended?.unpark(this);
    if (this.drainers.first === null) return;
    const failure = this.failure();
    for (let w = this.drainers.shift(); w !== null; w = this.drainers.shift()) {
      if (failure === null) w.complete(undefined, true);
      else w.fail(failure.error);
    }
  }

  /** Takes the errors that nobody has noticed. */
  failure(): { readonly error: unknown } | null {
    const errors = [...this.unnoticed.values()];
    this.unnoticed.clear();
    if (errors.length === 0) return null;
    if (this.#first) return { error: errors[0] };
    return { error: new AggregateError(errors, `${errors.length} job${errors.length === 1 ? "" : "s"} failed`) };
  }

  // ---- what the crew tells -----------------------------------------------------------------------------------------

  room(): boolean {
    return true;
  }

  began(): void {
    this.#begun++;
    this.admit();
  }

  done(_index: number, result: R, job: PoolJob<T, R>): void {
    this.#done++;
    job.end("done", result);
    this.#tell();
    this.left();
  }

  failed(_index: number, error: unknown, job: PoolJob<T, R>): void {
    this.#failed++;
    const joined = job.end("failed", error);
    if (!joined && !job.cancelled && this.stopped === null) this.unnoticed.set(job, error);
    if (this.#first) this.stop(error);
    this.#tell();
    this.left();
  }

  broke(): void {}

  idle(): void {}

  // ---- ending ------------------------------------------------------------------------------------------------------

  drop(job: PoolJob<T, R>, cause: unknown = Canceled): void {
    const at = this.queue.jobs.indexOf(job);
    if (at < 0) return;
    this.queue.jobs.splice(at, 1);
    job.end("failed", cause);
    this.admit();
    this.left();
  }

  noticed(job: PoolJob<unknown, unknown>): void {
    this.unnoticed.delete(job);
  }

  close(): void {
    this.closed = true;
    if (this.line.first === null) this.queue.close();
  }

  stop(cause: unknown): void {
    if (this.stopped !== null) return;
    this.stopped = { cause };
    this.cancel(cause);
    this.queue.close();
    this.crew.quit();
    for (let w = this.line.shift(); w !== null; w = this.line.shift()) {
      w.fail(cause);
      this.left();
    }
    for (const job of this.queue.jobs.splice(0)) {
      job.end("failed", cause);
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
