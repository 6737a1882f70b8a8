/**
 * What `mapConcurrent` and `mapStream` have in common: a crew, what becomes of its errors, and how far it is.
 *
 * When a job has failed, the others are cancelled through their context, and the error is passed on when they have all
 * ended: so nothing of it runs any more when the caller goes on.
 */

import { withCancelCause } from "../context/cancel.ts";
import { background } from "../context/roots.ts";
import type { CancelCauseFunc, Context } from "../context/types.ts";
import { callable, callback, checkOptions, flag, millis, oneOf, whole } from "../runtime/args.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import { m } from "../runtime/m.ts";
import { type Elsewhere, elsewhere, GRACE } from "./anywhere.ts";
import { Crew, type Sink } from "./crew.ts";
import { attempts, checkRetry, type RetryOptions } from "./retry.ts";
import { inletOf, type Source } from "./source.ts";
import { checkContext, type StreamOptions } from "./stream.ts";

/** How far it is. */
export interface Progress {
  /** Jobs that were begun. */
  readonly started: number;
  /** Jobs that have ended well. */
  readonly done: number;
  /** Jobs that have failed. */
  readonly failed: number;
  /** How many there are in all, where the source tells: an array, a set, a map. */
  readonly total: number | undefined;
}

/** How jobs are done. */
export interface MapOptions extends StreamOptions {
  /** How many jobs are done at once: a whole number from 1 up, or Infinity. 8 by default. */
  readonly workers?: number | undefined;
  /** Whether results come in the order of the source, or as they are made. In order by default. */
  readonly ordered?: boolean | undefined;
  /** How many results may wait to be received, besides those of the jobs that are being done. As many as workers by default. */
  readonly queue?: number | undefined;
  /**
   * What becomes of errors: the first one cancels the rest and is thrown, or all jobs are done and all errors are thrown in
   * an `AggregateError`. The first by default.
   */
  readonly errors?: "first" | "all" | undefined;
  /** Does a job that has failed again. */
  readonly retry?: RetryOptions | undefined;
  /** Called after each job. */
  readonly progress?: ((progress: Progress) => void) | undefined;
  /**
   * How many milliseconds a job of a parallel function may take to end after it was cancelled. Then it fails with the cause of
   * that, and its thread is ended and replaced. 500 by default; Infinity for as long as it likes.
   */
  readonly grace?: number | undefined;
  /** Where jobs are done: by the processes of a fleet (`millrace/remote`). Then the function must be a parallel one. */
  readonly on?: Elsewhere | undefined;
}

/** Whose results they are. */
export interface Owner<R> {
  room(): boolean;
  began(index: number): void;
  result(index: number, value: R): void;
  /** The job of this number has failed, and the others go on. */
  skip(index: number): void;
  /** All is done, or has failed. */
  end(failure: { readonly error: unknown } | null): void;
}

export class Mapping<T, R> implements Sink<T, R> {
  readonly crew: Crew<T, R>;
  readonly workers: number;
  readonly ordered: boolean;
  readonly queue: number;
  readonly #scope: AsyncScope = capture(m.current().scope);
  readonly #owner: Owner<R>;
  readonly #cancel: CancelCauseFunc;
  readonly #all: boolean;
  readonly #errors: { readonly index: number; readonly error: unknown }[] = [];
  readonly #report: ((progress: Progress) => void) | undefined;
  readonly #total: number | undefined;
  /** What ended it before its time. */
  #failure: { readonly error: unknown } | null = null;
  #started = 0;
  #done = 0;

  constructor(
    where: string,
    source: Source<T>,
    fn: (value: T, ctx: Context, index: number) => unknown,
    options: MapOptions,
    owner: Owner<R>,
  ) {
    const { workers, ordered, queue, errors, retry, progress, call } = checkMap(where, fn, options);
    const [ctx, cancel] = withCancelCause(options.ctx ?? background());
    const job =
      retry === undefined
        ? call
        : (value: T, ctx: Context, index: number) => attempts(retry, ctx, () => call(value, ctx, index));
    this.crew = new Crew<T, R>(fn.name || where, inletOf<T>(where, source), job, workers, ctx, this);
    this.workers = workers;
    this.ordered = ordered;
    this.queue = queue;
    this.#owner = owner;
    this.#cancel = cancel;
    this.#all = errors === "all";
    this.#report = progress;
    const { length, size } = source as { readonly length?: unknown; readonly size?: unknown };
    const total = Array.isArray(source) || typeof source === "string" ? length : size;
    this.#total = typeof total === "number" ? total : undefined;
  }

  scopeOf(): AsyncScope {
    return this.#scope;
  }

  room(): boolean {
    return this.#owner.room();
  }

  began(index: number): void {
    this.#started++;
    this.#owner.began(index);
  }

  done(index: number, value: R): void {
    this.#done++;
    this.#owner.result(index, value);
    this.#tell();
  }

  failed(index: number, error: unknown): void {
    this.#errors.push({ index, error });
    if (this.#all) this.#owner.skip(index);
    else this.fail(error);
    this.#tell();
  }

  broke(error: unknown): void {
    this.fail(error);
  }

  /** Ends it before its time: cancels the jobs under way and begins no others. */
  fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#cancel(error);
    this.crew.quit();
  }

  /** Nobody wants the results any more. */
  stop(): void {
    this.#cancel();
    this.crew.quit();
  }

  idle(): void {
    this.#cancel();
    if (this.#failure === null && this.#errors.length > 0) {
      const errors = this.#errors.sort((a, b) => a.index - b.index).map(({ error }) => error);
      const what = `${errors.length} of ${this.#started} jobs failed`;
      this.#failure = { error: new AggregateError(errors, what) };
    }
    this.#owner.end(this.#failure);
  }

  #tell(): void {
    if (this.#report === undefined) return;
    try {
      this.#report({
        started: this.#started,
        done: this.#done,
        failed: this.#errors.length,
        total: this.#total,
      });
    } catch (error) {
      this.fail(error);
    }
  }
}

type Job = (...args: unknown[]) => unknown;

interface Checked {
  readonly workers: number;
  readonly ordered: boolean;
  readonly queue: number;
  readonly errors: "first" | "all";
  readonly retry: ReturnType<typeof checkRetry> | undefined;
  readonly progress: ((progress: Progress) => void) | undefined;
  /** Does a job, wherever that is to be. */
  readonly call: Job;
}

/** Refuses what is not as it should be. */
export function checkMap(where: string, fn: unknown, options: MapOptions): Checked {
  checkOptions(where, options, "workers, ordered");
  const { workers = 8, ordered = true, queue = workers, errors = "first", retry, progress, ctx } = options;
  const { grace = GRACE } = options;
  callable(where, fn);
  checkContext(where, ctx);
  whole(`${where}: workers`, workers, 1, Infinity);
  flag(`${where}: ordered`, ordered);
  whole(`${where}: queue`, queue, 0, Infinity);
  oneOf(`${where}: errors`, errors, ["first", "all"]);
  callback(`${where}: progress`, progress);
  millis(`${where}: grace`, grace);
  return {
    workers,
    ordered,
    queue,
    errors,
    retry: retry && checkRetry(`${where}: retry`, retry),
    progress,
    call: elsewhere(where, fn as Job, grace, options.on),
  };
}
