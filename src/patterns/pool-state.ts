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
import { DeadlineExceeded } from "../context/errors.ts";
import { nodeOf } from "../context/parent.ts";
import { background } from "../context/roots.ts";
import { thrownFor } from "../context/thrown-for.ts";
import type { Context } from "../context/types.ts";
import { callback, checkOptions, flag, whole } from "../runtime/args.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import { m } from "../runtime/m.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { numbers } from "../runtime/numbers.ts";
import { ArgumentError, Panic, show } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { WaitReason } from "../runtime/types.ts";
import { type Proxies, Waiter, WaitQueue } from "../runtime/waiter.ts";
import { type Elsewhere, isElsewhere } from "./anywhere.ts";
import { Crew, type Sink } from "./crew.ts";
import { Failures } from "./failures.ts";
import { type Job, type JobPool, PoolJob } from "./job.ts";
import type { JobSettings } from "./job-options.ts";
import { type Gate, JobQueue } from "./job-queue.ts";
import { checkMap, type Progress } from "./mapping.ts";
import { PoolWaits } from "./pool-waits.ts";
import { checkRate, type Rate, RateGate } from "./rate-gate.ts";
import { attempts, type RetryOptions } from "./retry.ts";
import { type Inlet, inletOf } from "./source.ts";

/** What dumps say of its waiters. */
const REASONS = { submit: "semacquire", wait: "semacquire", run: "join", drain: "join" };

/** What is told of the jobs of a pool. None of these may throw: it would stop the pool with that error. */
export interface PoolHooks {
  /** A worker has begun a job. */
  readonly began?: ((job: Job<unknown>) => void) | undefined;
  /** A job has ended well, with that result. */
  readonly done?: ((job: Job<unknown>, result: unknown) => void) | undefined;
  /** A job has failed, or was given up or dropped, with that error. */
  readonly failed?: ((job: Job<unknown>, error: unknown) => void) | undefined;
  /** No job waits and none runs any more. */
  readonly idle?: (() => void) | undefined;
}

/** Options of a pool. */
export interface PoolOptions extends NameOptions {
  /** How many jobs are done at once: a whole number from 1 up, or Infinity. 8 by default. */
  readonly workers?: number | undefined;
  /** How many jobs may wait for a worker before `submit` blocks: a whole number from 0 up, or Infinity. As many as workers by default. */
  readonly queue?: number | undefined;
  /**
   * What becomes of errors that nobody joined: `drain` throws all of them in an `AggregateError` once all jobs have ended, or
   * the first error stops the pool and is what `drain` throws. All by default.
   */
  readonly errors?: "first" | "all" | undefined;
  /** Does a job that has failed again. */
  readonly retry?: RetryOptions | undefined;
  /** Called after each job. */
  readonly progress?: ((progress: Progress) => void) | undefined;
  /**
   * How many milliseconds a job of a parallel function may take to end after it was given up. Then its thread is ended and
   * replaced. 500 by default; Infinity for as long as it likes.
   */
  readonly grace?: number | undefined;
  /** Stops the pool when it is done. */
  readonly ctx?: Context | undefined;
  /** Begins no job before `resume`. False by default. */
  readonly paused?: boolean | undefined;
  /** How often jobs may begin: each takes as many events of it as it weighs. As often as there are workers by default. */
  readonly limiter?: Rate | undefined;
  /**
   * Called when something happens to a job; or the fleet (`millrace/remote`) whose processes do the jobs of a parallel function. An
   * object with both has the hooks beside the `go` of `fleet.with`.
   */
  readonly on?: PoolHooks | Elsewhere | (PoolHooks & Elsewhere) | undefined;
}

/** The hooks that an object has beside its `go`. */
function hooksBeside({ began, done, failed, idle }: PoolHooks): PoolHooks {
  const hooks = { began, done, failed, idle };
  return Object.fromEntries(Object.entries(hooks).filter(([, hook]) => hook !== undefined));
}

/** The pool itself. As a waiter it is parked on the end of its context while there are jobs. */
export class PoolState<T, R> extends Waiter implements Sink<PoolJob<T, R>, R>, JobPool, Gate {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly p: P = m.current();
  /** What dumps and events call it. */
  readonly id: number = ++numbers.pools;
  readonly name: string | undefined;
  readonly label: string;
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
  readonly #on: PoolHooks | null;
  readonly #named = new Map<string, PoolJob<T, R>>();
  readonly #rate: RateGate | null;
  readonly waits: PoolWaits = new PoolWaits(this);
  paused: boolean;
  /** What the jobs weigh that are with a worker. */
  #load = 0;
  /** Jobs that are with a worker. */
  running = 0;
  #begun = 0;
  #done = 0;
  #failed = 0;

  constructor(fn: (value: T, ctx: Context, id: number) => unknown, options: PoolOptions) {
    super();
    checkOptions("new WorkerPool", options, "workers, queue");
    const { errors = "all", paused = false, limiter, on } = options;
    this.paused = flag("new WorkerPool: paused", paused);
    const fleet = isElsewhere(on) ? on : undefined;
    const hooks: PoolHooks | undefined =
      fleet === undefined ? (on as PoolHooks | undefined) : hooksBeside(fleet as PoolHooks);
    this.#on = hooks ?? null;
    this.#rate =
      limiter === undefined ? null : new RateGate(checkRate("new WorkerPool", limiter), () => this.queue.poke());
    for (const [name, hook] of Object.entries(hooks ?? {})) callback(`new WorkerPool: on.${name}`, hook);
    const { workers, queue, retry, progress, call } = checkMap("new WorkerPool", fn, {
      ...options,
      errors,
      on: fleet,
    });
    const parent = options.ctx ?? background();
    this.ctx = new CancelCtx(parent, nodeOf("new WorkerPool", parent));
    const job =
      retry === undefined
        ? ({ input, id }: PoolJob<T, R>, ctx: Context) => call(input, ctx, id)
        : ({ input, id }: PoolJob<T, R>, ctx: Context) => attempts(retry, ctx, () => call(input, ctx, id));
    this.queue = new JobQueue<T, R>(queue, this, () => this.left());
    this.crew = new Crew<PoolJob<T, R>, R>(
      fn.name || "worker",
      this.queue,
      (each) => {
        if (this.stopped !== null) throw this.stopped.cause;
        const ctx = each.begin();
        this.#begun++;
        if (this.#on !== null) this.#call(this.#on.began, each);
        return job(each, ctx);
      },
      workers,
      this.ctx,
      this,
    );
    this.name = named("new WorkerPool", options);
    this.label = `WorkerPool ${this.id} ${this.name === undefined ? `(${fn.name || "worker"})` : JSON.stringify(this.name)}`;
    this.#first = errors === "first";
    this.#parent = options.ctx;
    this.#ended = options.ctx && inletOf("new WorkerPool", options.ctx.done());
    this.#report = progress;
    this.crew.hire();
  }

  get kind(): "pool" {
    return "pool";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  get touches(): null {
    return null;
  }

  // ---- submitting --------------------------------------------------------------------------------------------------

  /** Refuses jobs once it takes none. */
  check({ weight, id }: JobSettings): void {
    if (m.touch !== null) m.touch(this);
    if (this.#parent?.err() !== undefined) this.stop(thrownFor(this.#parent));
    if (this.stopped !== null) {
      this.#told();
      throw this.stopped.cause;
    }
    if (this.closed) throw new Panic("SEND_ON_CLOSED", "a job was submitted to a WorkerPool that was closed");
    if (id !== undefined && this.#named.has(id)) {
      throw new ArgumentError(`WorkerPool: id: a job ${show(id)} has not ended; wait for it, or choose another id`);
    }
    if (weight > 1 && this.#rate?.never(weight)) {
      throw new ArgumentError(`WorkerPool: weight: the limiter never lets ${weight} happen at once; choose less`);
    }
  }

  /** One more has come that must be waited for. */
  enter(): void {
    this.failures.used();
    this.crew.given();
    if (this.open++ === 0) this.#ended?.park(this);
  }

  /** A job that is done in `scope`, that of its submitter. */
  job(input: T, scope: AsyncScope, settings: JobSettings): PoolJob<T, R> {
    const job = new PoolJob<T, R>(++this.submitted, input, this, scope, settings);
    if (settings.id !== undefined) this.#named.set(settings.id, job);
    job.watch();
    return job;
  }

  named(id: string): PoolJob<T, R> | undefined {
    return this.#named.get(id);
  }

  /** Queues a job; there is room for it. */
  accept(input: T, settings: JobSettings, scope: AsyncScope = capture(this.p.scope)): PoolJob<T, R> {
    this.enter();
    const job = this.job(input, scope, settings);
    this.put(job);
    return job;
  }

  put(job: PoolJob<T, R>): void {
    this.queue.put(job);
    // Its context was done before.
    if (job.cancelled !== null) this.drop(job, job.cancelled.cause);
    this.waits.tell();
  }

  // ---- what may begin ----------------------------------------------------------------------------------------------

  admits(weight: number): boolean {
    return this.#hasRoom(weight) && (this.#rate === null || this.#rate.admits(weight));
  }

  pass(weight: number): boolean {
    if (!this.#hasRoom(weight) || (this.#rate !== null && !this.#rate.pass(weight))) return false;
    this.#load += weight;
    return true;
  }

  back(weight: number): void {
    this.#load -= weight;
    this.#rate?.back(weight);
  }

  /** A job that is heavier than all workers together is done alone. */
  #hasRoom(weight: number): boolean {
    return !this.paused && (this.#load === 0 || this.#load + weight <= this.crew.workers);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.queue.poke();
    this.waits.tell();
  }

  get limited(): number {
    return this.#rate?.delay() ?? 0;
  }

  get saturated(): boolean {
    return this.#load >= this.crew.workers;
  }

  resize(workers: number): void {
    this.crew.resize(whole("WorkerPool.workers: workers", workers, 1, Infinity));
    this.queue.poke();
    this.waits.tell();
  }

  /** A job has left the line, or has ended. */
  left(): void {
    if (m.touch !== null) m.touch(this);
    this.open--;
    this.waits.tell();
    if (this.open > 0) return;
    if (this.#on !== null) this.#call(this.#on.idle);
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

  began(_index: number, job: PoolJob<T, R>): void {
    job.state = "running";
    this.running++;
    this.waits.tell();
  }

  done(_index: number, result: R, job: PoolJob<T, R>): void {
    this.#leaves(job);
    if (job.state === "running") {
      this.#done++;
      job.end("done", result);
      if (this.#on !== null) this.#call(this.#on.done, job, result);
    }
    this.#tell();
    this.left();
  }

  /** A worker has ended with a job. */
  #leaves({ settings }: PoolJob<T, R>): void {
    this.running--;
    this.#load = this.running === 0 ? 0 : this.#load - settings.weight;
    if (settings.id !== undefined) this.#named.delete(settings.id);
    this.queue.poke();
  }

  failed(_index: number, error: unknown, job: PoolJob<T, R>): void {
    this.#leaves(job);
    if (job.begun) this.#failed++;
    if (job.state === "running") this.#fails(job, error);
    this.#tell();
    this.left();
  }

  #fails(job: PoolJob<T, R>, error: unknown): void {
    const joined = job.end("failed", error);
    if (this.#on !== null) this.#call(this.#on.failed, job, error);
    if (!joined && !job.cancelled && this.stopped === null) this.failures.add(job, error);
    if (this.#first) this.stop(error);
  }

  broke(): void {}

  idle(): void {}

  // ---- ending ------------------------------------------------------------------------------------------------------

  drop(job: PoolJob<T, R>, error: unknown): void {
    if (!this.queue.remove(job)) return;
    this.#dropped(job, error);
    this.queue.refill();
    this.queue.poke();
  }

  #dropped(job: PoolJob<T, R>, error: unknown): void {
    if (job.settings.id !== undefined) this.#named.delete(job.settings.id);
    const joined = job.end("failed", error);
    if (joined && this.stopped !== null) this.#told();
    if (this.#on !== null) this.#call(this.#on.failed, job, error);
    this.left();
  }

  reorder(job: PoolJob<T, R>, settings: JobSettings): void {
    const queued = this.queue.remove(job);
    job.settings = settings;
    if (queued) this.queue.put(job);
  }

  gaveUp(job: PoolJob<T, R>, error: unknown, joined: boolean): void {
    this.#failed++;
    if (this.#on !== null) this.#call(this.#on.failed, job, error);
    // Its contexts are the submitter's, who knows; that it took too long is news.
    if (error !== DeadlineExceeded || job.settings.timeout === Infinity) return;
    if (!joined && this.stopped === null) this.failures.add(job, error);
    if (this.#first) this.stop(error);
  }

  /** Drops all that waits, and who waits to be queued. */
  clear(cause: unknown): void {
    for (let w = this.queue.dismiss(); w !== null; w = this.queue.dismiss()) {
      w.fail(cause);
      if (this.stopped !== null) this.#told();
      this.left();
    }
    for (let job = this.queue.shift(); job !== null; job = this.queue.shift()) this.#dropped(job, cause);
    this.queue.poke();
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
    this.#rate?.stop();
    this.clear(cause);
  }

  #call<A extends unknown[]>(hook: ((...args: A) => void) | undefined, ...args: A): void {
    if (hook === undefined) return;
    try {
      hook(...args);
    } catch (error) {
      this.stop(error);
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
    this.stop(thrownFor(this.#parent as Context));
  }

  override fail(error: unknown): void {
    this.stop(error);
  }
}
