/**
 * The jobs of a pool that wait for a worker, and the line of those that wait to be queued.
 *
 * Invariants: while a worker is parked here nothing is queued; while anybody stands in the line the queue is full.
 */
import { CLOSED } from "../chan/closed.ts";
import { NO } from "../runtime/op.ts";
import { type Waiter, WaitQueue } from "../runtime/waiter.ts";
import type { PoolJob } from "./job.ts";
import { Inlet } from "./source.ts";

/** What stands in the line: becomes a job when its turn comes, so that what only waits its turn is small. */
export interface Applicant<T, R> {
  admit(w: Waiter): PoolJob<T, R>;
}

export class JobQueue<T, R> extends Inlet<PoolJob<T, R>> {
  readonly jobs: WaitQueue = new WaitQueue();
  length = 0;
  /** Who waits for a place, with the applicant as the waiter's value. */
  readonly line: WaitQueue = new WaitQueue();
  closed = false;
  readonly #room: number;
  readonly #left: () => void;
  #worker: Waiter | null = null;

  /** @param left called when somebody has left the line without being queued */
  constructor(room: number, left: () => void) {
    super();
    this.#room = room;
    this.#left = left;
  }

  /** Whether a job can be taken without waiting in the line. */
  get free(): boolean {
    return this.#worker !== null || (this.length < this.#room && this.line.first === null);
  }

  override take(): PoolJob<T, R> | NO | typeof CLOSED {
    const job = this.shift() ?? this.#admit();
    if (job === null) return this.closed ? CLOSED : NO;
    this.refill();
    return job;
  }

  /** The first of those that are queued. */
  shift(): PoolJob<T, R> | null {
    const job = this.jobs.shift() as PoolJob<T, R> | null;
    if (job === null) return null;
    this.length--;
    return job;
  }

  #push(job: PoolJob<T, R>): void {
    this.length++;
    this.jobs.push(job);
  }

  /** Takes a job out; `false` if it is not queued any more. */
  remove(job: PoolJob<T, R>): boolean {
    if (job.prev === null && this.jobs.first !== job) return false;
    this.length--;
    this.jobs.remove(job);
    return true;
  }

  /** Lets in the first of the line. */
  #admit(): PoolJob<T, R> | null {
    for (let w = this.line.shift(); w !== null; w = this.line.shift()) {
      if (!w.gone) return (w.value as Applicant<T, R>).admit(w);
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

  override park(w: Waiter): void {
    this.#worker = w;
  }

  override unpark(): void {
    this.#worker = null;
  }

  /** Puts a job in, or hands it to a worker that is free. */
  put(job: PoolJob<T, R>): void {
    const w = this.#worker;
    this.#worker = null;
    if (w === null) this.#push(job);
    else w.complete(job, true);
  }

  /** No more jobs come. */
  close(): void {
    this.closed = true;
    const w = this.#worker;
    this.#worker = null;
    w?.complete(undefined, false);
  }
}
