/**
 * A bounded number of jobs at a time, which come from an inlet: the engine of `mapConcurrent`, `mapStream` and `WorkerPool`.
 *
 * Workers are goroutines. One that gets a promise from a job's function does not wait for it: it carries the job, and goes on
 * to the next one. So one worker does for all jobs of an async function. A job that is a generator or an operation is done by
 * the worker itself, and others are started for the rest.
 *
 * Invariants: `active` jobs are under way, never more than `workers`, those included that no worker has begun. While a job
 * is carried or was sent for, a worker is free: one that is not in the middle of a job. While there is room for another job
 * and the inlet has none, the crew itself, a waiter, is parked on the inlet. So idle workers are nothing at all: no goroutine
 * waits for jobs, and none is left when jobs stop coming.
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
import type { Go, Parked, WaitReason } from "../runtime/types.ts";
import { type Proxies, Waiter } from "../runtime/waiter.ts";
import type { Inlet } from "./source.ts";
import { pass } from "./task.ts";

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

/** One job that is under way. */
interface Assignment<out T> {
  readonly value: T;
  readonly index: number;
  /** How its promise has settled, where it was carried. */
  outcome: { readonly ok: boolean; readonly value: unknown } | null;
}

/** There is nothing to begin, and promises are carried. */
const WAIT: unique symbol = Symbol("wait for what is carried");

export class Crew<T, R> extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  active = 0;
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
  /** Jobs whose promises have settled and that no worker has seen to the end of. */
  readonly #settled: Deque<Assignment<T>> = new Deque();
  readonly carried: Carried = new Carried(() => this.#settled.length + this.#sent.length > 0);
  /** Workers that are not in the middle of a job. */
  #free = 0;
  /** Workers that are. */
  #busy = 0;
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
    this.#sent.push({ value, index: this.#index - 1, outcome: null });
    if (this.#free > 0) this.carried.wake();
    else this.#start(value);
  }

  /** @param value whose scope it begins in */
  #start(value: T): void {
    this.#free++;
    this.#p.go(this.#work, [], null, this.sink.scopeOf(value));
  }

  /** What a worker is to do next: see to the end of a job, begin one, wait, or end. */
  assign(): Assignment<T> | typeof WAIT | null {
    if (this.#settled.length > 0) {
      this.carried.promises--;
      return this.#settled.shift();
    }
    if (this.#sent.length > 0) return this.#sent.shift();
    if (this.active < this.#workers) {
      this.active++;
      const value = this.#pick();
      if (value !== NO && value !== CLOSED) return { value, index: this.#index - 1, outcome: null };
      this.active--;
      this.#rest();
    }
    if (this.carried.promises > 0 && !this.carried.watched) return WAIT;
    this.#free--;
    return null;
  }

  /** Sees to what becomes of a job's promise, without a worker that waits for it. */
  carry(job: Assignment<T>, promise: Promise<unknown>): void {
    this.carried.promises++;
    const settled = (ok: boolean, value: unknown): void => {
      job.outcome = { ok, value };
      this.#settled.push(job);
      this.carried.wake();
    };
    promise.then(
      (value) => settled(true, value),
      (error) => settled(false, error),
    );
  }

  /**
   * A worker does a job itself from here on: others see to the rest. As many as are busy, so that it takes few turns until all
   * are when each job waits, and one does for all when none does.
   */
  engage({ value }: Assignment<T>): void {
    this.#free--;
    this.#busy++;
    const most = Math.min(this.#sent.length, this.#busy);
    for (let i = this.#free; i < most; i++) this.#start(this.#sent.at(i).value);
    if (this.#free > 0) return;
    if (this.carried.promises > 0) this.#start(value);
    this.hire();
  }

  /** It is free again. */
  disengage(): void {
    this.#busy--;
    this.#free++;
  }

  /** It has ended in the middle of its job. */
  left(): void {
    this.#busy--;
    this.active--;
    this.hire();
  }

  /** A job has ended. */
  ended(): void {
    this.active--;
  }

  /** The next job, which begins now. `NO` when there is none or no room for it, `CLOSED` when there will be none. */
  #pick(): T | NO | typeof CLOSED {
    if (m.touch !== null) m.touch(this);
    if (this.#ended) return CLOSED;
    if (this.#parked || !this.sink.room()) return NO;
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
      let engaged = true;
      for (let job = crew.assign(); job !== null; job = crew.assign()) {
        if (job === WAIT) {
          yield* crew.carried;
          continue;
        }
        // After a job without operations, at which others would have got their turn.
        if (!engaged && --m.budget < 0) yield* pass;
        const { value, index, outcome } = job;
        const scope = sink.scopeOf(value);
        if (!isIn(scope)) yield* enterScope(scope);
        engaged = false;
        try {
          let result: unknown;
          if (outcome === null) {
            crew.begins();
            result = fn(value, ctx, index);
            const promise = promiseOf(result);
            if (promise !== null) {
              crew.carry(job, promise);
              continue;
            }
            if (isGo(result)) {
              crew.engage(job);
              engaged = true;
              result = yield* result;
              crew.disengage();
            }
          } else {
            if (!outcome.ok) throw outcome.value;
            result = outcome.value;
          }
          crew.finished();
          sink.done(index, result as R, value);
        } catch (error) {
          if (error instanceof FatalError) throw error;
          crew.finished();
          if (error instanceof Goexit) {
            sink.done(index, undefined as R, value);
            if (engaged) {
              crew.left();
              throw error;
            }
          } else sink.failed(index, error, value);
          if (engaged) crew.disengage();
        }
        crew.ended();
      }
    },
  };
  return named[name] as () => Go;
}

/** What a worker does itself: a generator, an operation. */
function isGo(out: unknown): out is Iterable<Parked, unknown> {
  return (
    typeof out === "object" && out !== null && (out instanceof Operation || out instanceof Action || isIterator(out))
  );
}

/** The promise that a job's function has made; null where it made none. */
function promiseOf(out: unknown): Promise<unknown> | null {
  if (typeof out !== "object" || out === null) return null;
  if (out instanceof Promise) return out;
  return !isGo(out) && isThenable(out) ? Promise.resolve(out) : null;
}

/**
 * Waits until a promise that is carried has settled, or a job was sent for. `wait` serves promises that many may wait for,
 * again and again; a job's is seen once, which does without a look-up.
 *
 * A promise gets its reaction at once, not when a worker waits: the host may have its turn before that, and a rejection that
 * is not handled by then ends the process.
 */
class Carried extends Operation<void> implements Thing {
  /** How many are carried. */
  promises = 0;
  readonly #ready: () => boolean;
  #waiter: Waiter | null = null;

  constructor(ready: () => boolean) {
    super();
    this.#ready = ready;
  }

  /** Whether a worker waits. */
  get watched(): boolean {
    return this.#waiter !== null;
  }

  wake(): void {
    const w = this.#waiter;
    this.#waiter = null;
    w?.complete(undefined, true);
  }

  get kind(): "promise" {
    return "promise";
  }

  get id(): 0 {
    return 0;
  }

  get name(): undefined {
    return undefined;
  }

  get p(): null {
    return null;
  }

  get touches(): null {
    return null;
  }

  get reasons(): Readonly<Record<string, WaitReason>> | undefined {
    return PROMISE.reasons;
  }

  override get verb(): string {
    return "wait";
  }

  override get on(): Thing {
    return this;
  }

  override attempt(): undefined | NO {
    return this.#ready() ? undefined : NO;
  }

  override enqueue(w: Waiter): void {
    this.#waiter = w;
  }

  override dequeue(): void {
    this.#waiter = null;
  }
}
