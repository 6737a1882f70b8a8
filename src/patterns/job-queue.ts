/**
 * The jobs of a pool that wait for a worker, and the line of those that wait to be queued.
 *
 * Invariants: while a worker is parked here no queued job may begin (the gate says which may); while anyone stands in the line
 * the queue is full. Of several that wait, the highest priority comes first. Whatever lets a job begin that could not before
 * calls `poke`: a gate that opens, a job that is put in front.
 */
import { CLOSED } from "../chan/closed.ts";
import { NO } from "../runtime/op.ts";
import { PriorityWaitQueue } from "../runtime/priority.ts";
import { claim, type Waiter } from "../runtime/waiter.ts";
import type { PoolJob } from "./job.ts";
import type { JobSettings } from "./job-options.ts";
import { Inlet } from "./source.ts";

/** What stands in the line: becomes a job when its turn comes, so that what only waits its turn is small. */
export interface Applicant<T, R> {
  readonly settings: JobSettings;
  admit(w: Waiter): PoolJob<T, R>;
}

/** What decides whether a job of that weight may begin. */
export interface Gate {
  /** Says so. */
  admits(weight: number): boolean;
  /** Says so, and if it may, it begins now. */
  pass(weight: number): boolean;
  /** A job that was let pass does not begin. */
  back(weight: number): void;
}

const priorityOfJob = (job: Waiter): number => (job as PoolJob<unknown, unknown>).settings.priority;
const priorityInLine = (w: Waiter): number => (w.value as Applicant<unknown, unknown>).settings.priority;

export class JobQueue<T, R> extends Inlet<PoolJob<T, R>> {
  readonly #jobs = new PriorityWaitQueue(priorityOfJob);
  length = 0;
  /** Those that wait for a place, with the applicant as the waiter's value. */
  readonly #line = new PriorityWaitQueue(priorityInLine);
  closed = false;
  readonly #room: number;
  readonly #gate: Gate;
  readonly #left: () => void;
  #worker: Waiter | null = null;

  /** @param left called when one has left the line without being queued */
  constructor(room: number, gate: Gate, left: () => void) {
    super();
    this.#room = room;
    this.#gate = gate;
    this.#left = left;
  }

  /** Whether a job of that weight can be taken without waiting in the line. */
  free(weight: number): boolean {
    if (this.#applicant() !== null) return false;
    return this.length < this.#room || (this.#worker !== null && this.length === 0 && this.#gate.admits(weight));
  }

  override take(): PoolJob<T, R> | NO | typeof CLOSED {
    const first = this.#jobs.first as PoolJob<T, R> | null;
    if (first === null) return this.#takeApplicant();
    if (!this.#gate.pass(first.settings.weight)) return NO;
    this.#remove(first);
    this.refill();
    return first;
  }

  /** Nothing is queued, so the first of the line may begin at once. */
  #takeApplicant(): PoolJob<T, R> | NO | typeof CLOSED {
    const first = this.#applicant();
    if (first === null) return this.closed ? CLOSED : NO;
    const { weight } = (first.value as Applicant<T, R>).settings;
    if (!this.#gate.pass(weight)) return NO;
    const job = this.#admit();
    if (job === null) {
      this.#gate.back(weight);
      return NO;
    }
    this.refill();
    return job;
  }

  /** The first of those that are queued. */
  shift(): PoolJob<T, R> | null {
    const job = this.#jobs.first as PoolJob<T, R> | null;
    if (job !== null) this.#remove(job);
    return job;
  }

  #remove(job: PoolJob<T, R>): void {
    this.length--;
    this.#jobs.remove(job);
  }

  /** Takes a job out; `false` if it is not queued any more. */
  remove(job: PoolJob<T, R>): boolean {
    if (!this.#jobs.has(job)) return false;
    this.#remove(job);
    return true;
  }

  /** Puts a waiter, whose value is its applicant, into the line. */
  stand(w: Waiter): void {
    this.#line.push(w);
  }

  /** Takes a waiter out of the line. */
  leave(w: Waiter): void {
    this.#line.remove(w);
  }

  /** The first of the line that still waits. */
  #applicant(): Waiter | null {
    for (let w = this.#line.first; w !== null; w = this.#line.first) {
      if (!w.gone) return w;
      this.#line.remove(w);
      this.#left();
    }
    return null;
  }

  /** Lets in the first of the line. */
  #admit(): PoolJob<T, R> | null {
    const w = this.dismiss();
    return w === null ? null : (w.value as Applicant<T, R>).admit(w);
  }

  /** Takes the first out of the line; it is the caller's to complete. */
  dismiss(): Waiter | null {
    for (let w = this.#applicant(); w !== null; w = this.#applicant()) {
      this.#line.remove(w);
      if (claim(w)) return w;
      this.#left();
    }
    return null;
  }

  /** Lets in as many as there is room for. */
  refill(): void {
    while (this.length < this.#room) {
      const job = this.#admit();
      if (job === null) return;
      this.#push(job);
    }
  }

  #push(job: PoolJob<T, R>): void {
    this.length++;
    this.#jobs.push(job);
  }

  override park(w: Waiter): void {
    this.#worker = w;
  }

  override unpark(): void {
    this.#worker = null;
  }

  /** Puts a job in, and hands it to a worker if it may begin. */
  put(job: PoolJob<T, R>): void {
    this.#push(job);
    this.poke();
  }

  /** Gives the worker that is parked here what may begin now. */
  poke(): void {
    const w = this.#worker;
    if (w === null) return;
    const job = this.take();
    if (job === NO) return;
    this.#worker = null;
    w.complete(job === CLOSED ? undefined : job, job !== CLOSED);
  }

  /** No more jobs come. */
  close(): void {
    this.closed = true;
    this.poke();
  }
}
