/**
 * A bounded number of workers that do the jobs which come from an inlet: the engine of `mapConcurrent`, `mapStream` and
 * `WorkerPool`.
 *
 * Invariants: `active` workers are goroutines, each at one job, never more than `workers`; a worker that finds no next job
 * ends. While there is room for another job and the inlet has none, the crew itself, a waiter, is parked on the inlet. So
 * idle workers are nothing at all: no goroutine waits for jobs, and none is left when jobs stop coming.
 *
 * A worker goes on to the next job by itself as long as there is one, which costs less than a goroutine a job.
 */
import { CLOSED } from "../chan/closed.ts";
import type { Context } from "../context/types.ts";
import { Action } from "../runtime/action.ts";
import type { AsyncScope } from "../runtime/async-scope.ts";
import { type Body, isIterator, isThenable } from "../runtime/body.ts";
import { Deque } from "../runtime/deque.ts";
import { enterScope, isIn } from "../runtime/enter-scope.ts";
import { tap, tellSync } from "../runtime/events.ts";
import { m } from "../runtime/m.ts";
import { numbers } from "../runtime/numbers.ts";
import { NO, Operation } from "../runtime/op.ts";
import { FatalError, Goexit } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import { PROMISE, type Thing } from "../runtime/thing.ts";
import type { Go, Parked } from "../runtime/types.ts";
import { type Proxies, Waiter } from "../runtime/waiter.ts";
import type { Inlet } from "./source.ts";

/** What the crew's owner decides and is told. None of these may throw. */
export interface Sink<T, R> {
  /** The async scope that a job is done in. */
  scopeOf(value: T): AsyncScope;
  /** Whether another job may be begun now. */
  room(): boolean;
  /** A job was given to a worker. */
  began(index: number, value: T): void;
  done(index: number, result: R, value: T): void;
  failed(index: number, error: unknown, value: T): void;
  /** The inlet has failed: no jobs come any more. */
  broke(error: unknown): void;
  /** There are no more jobs and none is under way. */
  idle(): void;
}

interface Assignment<out T> {
  readonly value: T;
  readonly index: number;
}

export class Crew<T, R> extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  active = 0;
  /** The number of the job that `take` gave last. */
  index = 0;
  readonly fn: (value: T, ctx: Context, index: number) => unknown;
  readonly ctx: Context;
  readonly sink: Sink<T, R>;
  readonly #inlet: Inlet<T>;
  #workers: number;
  readonly #p: P = m.current();
  readonly #work: Body;
  readonly #label: string = `workers ${++numbers.crews}`;
  /** Jobs that a worker was sent for and that none has begun. */
  readonly #sent: Deque<Assignment<T>> = new Deque();
  #parked = false;
  #ended = false;
  /** The owner was told that it is over. */
  #idle = false;
  #index = 0;

  constructor(
    name: string,
    inlet: Inlet<T>,
    fn: (value: T, ctx: Context, index: number) => unknown,
    workers: number,
    ctx: Context,
    sink: Sink<T, R>,
  ) {
    super();
    this.fn = fn;
    this.ctx = ctx;
    this.sink = sink;
    this.#inlet = inlet;
    this.#workers = workers;
    this.#work = worker(name, this) as Body;
  }

  /** A job was put where workers find it: what led to it comes before the job. */
  given(): void {
    if (tap.listener !== null) tellSync("release", this.#p, `${this.#label}, a job`);
  }

  /** A worker begins a job. */
  begins(): void {
    if (tap.listener !== null) tellSync("acquire", this.#p, `${this.#label}, a job`);
  }

  /** A worker has done a job: that comes before whatever is done with the result. */
  finished(): void {
    if (tap.listener !== null) tellSync("release", this.#p, `${this.#label}, a result`);
  }

  /** Somebody takes a result, or learns that all are done. */
  taken(): void {
    if (tap.listener !== null) tellSync("acquire", this.#p, `${this.#label}, a result`);
  }

  /** No more jobs will come from the inlet. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How many workers there are at most. */
  get workers(): number {
    return this.#workers;
  }

  /** Changes their number. Those that are too many end with the job they are at. */
  resize(workers: number): void {
    this.#workers = workers;
    if (this.#parked && this.active >= workers) {
      this.#inlet.unpark(this);
      this.#parked = false;
    }
    this.hire();
  }

  /** Puts workers to work as far as there are jobs and room, and waits for more. */
  hire(): void {
    while (!this.#parked && this.active < this.#workers) {
      this.active++;
      const value = this.#pick();
      if (value === NO || value === CLOSED) {
        this.active--;
        this.#rest();
        return;
      }
      this.#send(value);
    }
  }

  /** Sends a worker for a job. Another one may be there first. */
  #send(value: T): void {
    this.given();
    this.#sent.push({ value, index: this.#index - 1 });
    this.#p.go(this.#work, [], null, this.sink.scopeOf(value));
  }

  /** The next job for a worker, with its number in `index`: one that was sent for, else a new one. */
  take(): T | NO | typeof CLOSED {
    if (this.#sent.length > 0) {
      const { value, index } = this.#sent.shift();
      this.index = index;
      return value;
    }
    const value = this.#pick();
    this.index = this.#index - 1;
    return value;
  }

  /** The next job, which begins now. `NO` when there is none or no room for it, `CLOSED` when there will be none. */
  #pick(): T | NO | typeof CLOSED {
    if (m.touch !== null) m.touch(this);
    if (this.#ended) return CLOSED;
    if (this.#parked || this.active > this.#workers || !this.sink.room()) return NO;
    try {
      const value = this.#inlet.take();
      if (value === CLOSED) this.#ended = true;
      else if (value === NO) {
        this.#parked = true;
        this.#inlet.park(this);
      } else this.sink.began(this.#index++, value);
      return value;
    } catch (error) {
      this.#ended = true;
      this.sink.broke(error);
      return CLOSED;
    }
  }

  /** A worker has ended. */
  left(): void {
    this.active--;
    this.hire();
  }

  #rest(): void {
    if (!this.#ended || this.active > 0 || this.#idle) return;
    this.#idle = true;
    this.taken();
    this.sink.idle();
  }

  /** Takes no more jobs. The workers end with those they are at. */
  quit(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#parked) this.#inlet.unpark(this);
    this.#parked = false;
    this.#inlet.stop();
    this.#rest();
  }

  override complete(value: unknown, ok: boolean): void {
    this.#parked = false;
    if (ok) {
      this.active++;
      this.sink.began(this.#index++, value as T);
      this.#send(value as T);
      this.hire();
    } else {
      this.#ended = true;
      this.#rest();
    }
  }

  override fail(error: unknown): void {
    this.#parked = false;
    this.#ended = true;
    this.sink.broke(error);
    this.#rest();
  }
}

/** What a worker does, under the name that dumps show. */
function worker<T, R>(name: string, crew: Crew<T, R>): () => Go {
  const named = {
    *[name](): Go {
      const { ctx, fn, sink } = crew;
      const outcome = new Outcome();
      for (let value = crew.take(); value !== NO && value !== CLOSED; value = crew.take()) {
        const { index } = crew;
        crew.begins();
        const scope = sink.scopeOf(value);
        if (!isIn(scope)) yield* enterScope(scope);
        try {
          const out = fn(value, ctx, index);
          const op = pending(out, outcome);
          const result = (op === null ? out : yield* op) as R;
          crew.finished();
          sink.done(index, result, value);
        } catch (error) {
          if (error instanceof FatalError) throw error;
          crew.finished();
          if (error instanceof Goexit) {
            sink.done(index, undefined as R, value);
            crew.left();
            throw error;
          }
          sink.failed(index, error, value);
        }
      }
      crew.left();
    },
  };
  return named[name] as () => Go;
}

/** What has to be waited for before a job's function has its result; null when `out` is that. */
function pending(out: unknown, outcome: Outcome): Iterable<Parked, unknown> | null {
  if (typeof out !== "object" || out === null) return null;
  if (out instanceof Promise) return outcome.of(out);
  if (out instanceof Operation || out instanceof Action) return out;
  if (isIterator(out)) return out as Iterable<Parked, unknown>;
  return isThenable(out) ? outcome.of(Promise.resolve(out)) : null;
}

/**
 * Waits for the promise that a job has made. `wait` serves promises that many may wait for, again and again; a job's is
 * seen once, by its worker, which does with one object for all its jobs and without a look-up.
 *
 * The promise gets its reaction at once, not when the worker parks: the host may have its turn before that, and a
 * rejection that nobody handles by then ends the process.
 */
class Outcome extends Operation<unknown> {
  #waiter: Waiter | null = null;
  /** How the promise settled, when nobody was parked yet. */
  #early: { readonly ok: boolean; readonly value: unknown } | null = null;
  readonly #done = (value: unknown): void => this.#settled(true, value);
  readonly #failed = (error: unknown): void => this.#settled(false, error);

  of(promise: Promise<unknown>): this {
    promise.then(this.#done, this.#failed);
    return this;
  }

  #settled(ok: boolean, value: unknown): void {
    const w = this.#waiter;
    this.#waiter = null;
    if (w === null) this.#early = { ok, value };
    else if (ok) w.complete(value, true);
    else w.fail(value);
  }

  override get verb(): string {
    return "wait";
  }

  override get on(): Thing {
    return PROMISE;
  }

  override attempt(): unknown {
    if (this.#early === null) return NO;
    const { ok, value } = this.#early;
    this.#early = null;
    if (!ok) throw value;
    return value;
  }

  override enqueue(w: Waiter): void {
    this.#waiter = w;
  }

  override dequeue(): void {
    this.#waiter = null;
  }
}
