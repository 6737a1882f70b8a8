/**
 * How long what has arrived on this thread is wanted here. A context arrives for a job, and is given up with the job; one
 * that arrives otherwise, in a value or a result, is given up with the run that got it. Rejected: the collector alone. It
 * does not see what a few bytes here keep on another thread, and a thread that has ended has none.
 */
import { m } from "../../runtime/m.ts";
import type { P } from "../../runtime/proc.ts";

/** What is leased: a reference that this thread has of something of another one. */
export abstract class Leased {
  readonly #leases = new Set<Lease>();

  /** `lease` has ended; the last one gives it up. */
  left(lease: Lease): void {
    if (this.#leases.delete(lease) && this.#leases.size === 0) this.giveUp();
  }

  /** It is wanted for `lease`, too. */
  enter(lease: Lease): void {
    this.#leases.add(lease);
    lease.add(this);
  }

  /** It was given up otherwise. */
  leave(): void {
    for (const lease of this.#leases) lease.delete(this);
    this.#leases.clear();
  }

  /** It is not wanted any more. Must not throw. */
  protected abstract giveUp(): void;
}

export class Lease {
  readonly #all = new Set<Leased>();

  add(leased: Leased): void {
    this.#all.add(leased);
  }

  delete(leased: Leased): void {
    this.#all.delete(leased);
  }

  /** What the other one has, this one has from now on. */
  join(other: Lease): void {
    for (const leased of other.#all) leased.enter(this);
    other.end();
  }

  /** Gives up what nothing else wants. Can be called again. */
  end(): void {
    const all = [...this.#all];
    this.#all.clear();
    for (const leased of all) leased.left(this);
  }
}

/** For what arrives while a job's arguments are read. */
let reading: { lease: Lease | null } | null = null;

/** Calls `read`; gives what it gives, and the lease of what has arrived, if anything has. */
export function leasing<T>(read: () => T): { readonly value: T; readonly lease: Lease | null } {
  const before = reading;
  const job: { lease: Lease | null } = { lease: null };
  reading = job;
  try {
    return { value: read(), lease: job.lease };
  } catch (error) {
    job.lease?.end();
    throw error;
  } finally {
    reading = before;
  }
}

const ofRuns = new WeakMap<P, Lease>();

/** For what arrives in a run and for no job. The default run's never ends. */
export function leaseOf(p: P): Lease {
  let lease = ofRuns.get(p);
  if (lease === undefined) {
    const made = new Lease();
    lease = made;
    ofRuns.set(p, made);
    p.atEnd.push(() => made.end());
  }
  return lease;
}

/** Gives up what has arrived in a run so far. */
export function endLeaseOf(p: P): void {
  ofRuns.get(p)?.end();
}

/** For what arrives now. */
export function currentLease(): Lease {
  if (reading === null) return leaseOf(m.current());
  reading.lease ??= new Lease();
  return reading.lease;
}
