/**
 * The errors of a pool's jobs that nothing has taken yet.
 *
 * Each is taken once: by a join of its job, by `drain`, or as a panic of the pool's run, when the pool has been idle for a
 * moment in which nothing was submitted, joined or drained.
 *
 * Invariant: jobs are not held here, nor more errors than the first `KEPT` and the latest. Of the others there is a number: in
 * a pool that is never idle nobody takes them, and one that fails all the time would fill the memory. Whoever holds the job of
 * one can still join it, and then it does not count.
 *
 * Rejected:
 * - to report an error at once, or as soon as the pool is idle, which leaves no time to join its job: a program that submits
 *   many jobs and joins them one after the other has an idle pool now and then;
 * - to report an error when its job was collected, so that nothing can join it: what a registry of the host knows lives
 *   until the next full collection (1 GB after 800,000 errors), and whether a `drain` gets an error is left to the collector.
 */

import { m } from "../runtime/m.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import { programStack } from "../runtime/traceback.ts";
import type { PanickedGoroutine } from "../runtime/types.ts";

/** A job, as far as it is needed here. */
interface Failed {
  readonly id: number;
}

interface Failure {
  readonly error: unknown;
  /** The number of the job. */
  readonly job: number;
  /** The worker. */
  readonly id: number;
  readonly name: string;
}

/** How long a pool is idle before nothing is expected to come for its errors, in milliseconds. */
const MOMENT = 50;
/** How many errors are kept. */
const KEPT = 1000;

export class Failures {
  readonly #p: P;
  /** The first ones, by the number of the job. */
  readonly #first = new Map<number, Failure>();
  /** The jobs of the others, how many there are, and the latest. */
  #others = new WeakSet<Failed>();
  #more = 0;
  #latest: Failure | null = null;
  readonly #isIdle: () => boolean;
  #timer: RuntimeTimer | null = null;
  /** Something was submitted or joined since the timer was set. */
  #used = false;

  /** @param isIdle whether the pool has no jobs */
  constructor(p: P, isIdle: () => boolean) {
    this.#p = p;
    this.#isIdle = isIdle;
  }

  /** The worker that runs now has failed at `job`, or it took too long, and nothing waits for it. */
  add(job: Failed, error: unknown): void {
    const { id, name } = m.curg ?? { id: 0, name: "timeout" };
    const failure: Failure = { error, job: job.id, id, name };
    if (this.#first.size < KEPT) this.#first.set(job.id, failure);
    else {
      this.#others.add(job);
      this.#more++;
      this.#latest = failure;
    }
  }

  /** A job was submitted or joined: there may be more to come. */
  used(): void {
    this.#used = true;
  }

  /** `job` was joined. */
  joined(job: Failed): void {
    if (!this.#first.delete(job.id) && this.#others.delete(job)) this.#more--;
  }

  /** Takes all there are, the errors that are kept and how many there were; null when there is none. */
  take(): { readonly errors: readonly unknown[]; readonly count: number } | null {
    const count = this.#first.size + this.#more;
    if (count === 0) return null;
    const errors = [...this.#first.values(), ...(this.#latest === null ? [] : [this.#latest])].map(
      ({ error }) => error,
    );
    this.#forget();
    return { errors, count };
  }

  /** The pool has become idle, and nothing drains it. */
  idle(): void {
    if (this.#first.size + this.#more === 0) return;
    const { timers, clock } = this.#p;
    this.#timer ??= new RuntimeTimer(timers, () => this.#settle(), null);
    if (this.#timer.index !== -1) return;
    this.#used = false;
    timers.add(this.#timer, clock.now() + MOMENT, timers.order());
  }

  #settle(): void {
    if (!this.#isIdle()) return;
    if (this.#used) {
      this.idle();
      return;
    }
    const all = [...this.#first.values()];
    const [more, latest] = [this.#more, this.#latest];
    this.#forget();
    for (const failure of all) this.#report(failure);
    if (more === 0 || latest === null) return;
    const jobs = more === 1 ? "1 more job" : `${more} more jobs`;
    this.#report({ ...latest, error: new Error(`${jobs} failed`, { cause: latest.error }) });
  }

  #forget(): void {
    this.#first.clear();
    this.#others = new WeakSet();
    this.#more = 0;
    this.#latest = null;
  }

  #report({ error, job, id, name }: Failure): void {
    const goroutine: PanickedGoroutine = {
      id,
      name,
      // Read only where it is wanted: it costs more than the job.
      get stack() {
        return error instanceof Error ? programStack(error.stack) : "";
      },
      createdBy: undefined,
      job,
    };
    this.#p.panicked(error, goroutine);
  }
}
