/**
 * Goroutines that another thread has started, and the part of its run that they are in here.
 *
 * A guest knows its task, so that its end costs no look-up: the list of a part's goroutines sees each end, and sends the
 * task home, and what has arrived with the task is given up. If goroutines of the run are here that closures have started,
 * they may be the job's, so it is given up with the last of them. Rejected: a waiter that joins it, as anybody else would (a map of waiters and a map of tasks, half of what it
 * takes to run an empty function).
 */

import { Allgs } from "../../runtime/allgs.ts";
import type { AsyncScope } from "../../runtime/async-scope.ts";
import type { Body } from "../../runtime/body.ts";
import { once } from "../../runtime/copies.ts";
import { type Creator, G } from "../../runtime/g.ts";
import { inspect } from "../../runtime/host.ts";
import { panickedGoroutine } from "../../runtime/on-panic.ts";
import type { Operation } from "../../runtime/op.ts";
import type { RunOptions } from "../../runtime/options.ts";
import { P } from "../../runtime/proc.ts";
import { Gpanicked } from "../../runtime/status.ts";
import type { PanickedGoroutine } from "../../runtime/types.ts";
import { type Proxies, Waiter } from "../../runtime/waiter.ts";
import { isolate } from "../memory/isolate.ts";
import { BEGUN, KIND, LATEST, TALLY_GUESTS, TALLY_HELPERS } from "../memory/layout.ts";
import { isFull, memory } from "../memory/memory.ts";
import { isolateOf } from "../memory/record.ts";
import { endLeaseOf, type Lease, leaseOf } from "../values/lease.ts";
import { countElsewhere } from "./run.ts";
import { COUNT, FAILED, KIND_BACK, NO_ROOM, OWNER, PANICKED, putResult, VANISHED } from "./task.ts";
import { send } from "./watch.ts";

export class Guest extends G {
  readonly task: number;
  /** What has arrived with it. */
  readonly lease: Lease | null;

  constructor(
    task: number,
    p: P,
    id: number,
    fn: Body,
    creator: Creator | null,
    scope: AsyncScope,
    lease: Lease | null,
  ) {
    super(p, id, fn, creator, scope);
    this.task = task;
    this.lease = lease;
  }

  /** It has ended: its result goes home. */
  leave(): void {
    ended(this.task);
    if (this.status === Gpanicked) {
      this.#leavePanicked();
      return;
    }
    try {
      putResult(this.task, this.value);
    } catch (error) {
      if (isFull(error)) {
        hasNoRoom(this.task);
        return;
      }
      const { p } = this;
      if (p instanceof Part ? p.decides : !p.joinsFirst) {
        p.finish({ ok: false, error, g: this });
        vanish(this.task);
      } else {
        this.value = error;
        this.#leavePanicked();
      }
      return;
    }
    sendBack(this.task);
  }

  /** Its error goes home; one that can't travel is told of. */
  #leavePanicked(): void {
    const { task, value: error, p } = this;
    const goroutine: PanickedGoroutine = { ...panickedGoroutine(error, this), thread: memory.self };
    // Where main is on this very thread, `onPanic` was asked here.
    const told: PanickedTask = { error, goroutine, decided: !(p instanceof Part) && !p.joinsFirst };
    try {
      try {
        putResult(task, told, PANICKED);
      } catch (thrown) {
        if (isFull(thrown)) throw thrown;
        putResult(task, { ...told, error: standIn(error) }, PANICKED);
      }
      sendBack(task);
    } catch {
      hasNoRoom(task);
    }
  }
}

/** What a task comes back with that has panicked. */
export interface PanickedTask {
  readonly error: unknown;
  readonly goroutine: PanickedGoroutine;
  /** What the panic ends was decided: that goroutine alone. */
  readonly decided: boolean;
}

/** What is told of something thrown that can't travel. */
export function standIn(error: unknown): unknown {
  if (!(error instanceof Error)) return new Error(inspect(error));
  const copy = new Error(error.message);
  copy.name = error.name;
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}

class Guests extends Allgs {
  /** The tasks of those that the end of the run has stopped. */
  stopped: number[] = [];
  readonly #part: Part;
  /** How many goroutines closures have started. */
  #others = 0;
  /** What has arrived with guests that have ended. */
  #leases: Lease[] = [];

  constructor(part: Part) {
    super();
    this.#part = part;
  }

  override add(g: G): void {
    super.add(g);
    if (g instanceof Guest) this.#count(1);
    else {
      // A guest is counted where it was started.
      countElsewhere(this.#part, TALLY_HELPERS, 1);
      this.#others++;
    }
  }

  override remove(g: G): void {
    super.remove(g);
    if (g instanceof Guest) this.#count(-1);
    else {
      countElsewhere(this.#part, TALLY_HELPERS, -1);
      if (--this.#others === 0) this.endLeases();
    }
  }

  /** Counts guests, in case this thread dies. */
  #count(change: 1 | -1): void {
    if (this.#part.tally === 0) return;
    const at = this.#part.tally + TALLY_GUESTS;
    memory.i32[at] = (memory.i32[at] as number) + change;
  }

  override clear(): void {
    for (const g of this) {
      if (!(g instanceof Guest)) continue;
      this.stopped.push(g.task);
      if (g.lease !== null) this.#leases.push(g.lease);
    }
    super.clear();
  }

  /** Gives up what has arrived with guests that have ended. */
  endLeases(): void {
    const leases = this.#leases;
    this.#leases = [];
    for (const lease of leases) lease.end();
  }

  override release(g: G): boolean {
    if (g instanceof Guest) {
      g.leave();
      if (g.lease !== null) this.#leases.push(g.lease);
    }
    // Whoever joins a guest does so where it was started.
    const joined = super.release(g) || g instanceof Guest;
    if (this.#others === 0 && this.#leases.length > 0) this.endLeases();
    if (this.length === 0) endLeaseOf(this.#part);
    return joined;
  }
}

/** What this thread has of a run whose main is elsewhere. */
export class Part extends P {
  override readonly allgs: Guests;
  /** The record of the run. */
  readonly record: number;
  /** It is of a default run. */
  isDefault = false;
  /** A panic here ends the run; else the thread of its main decides. */
  decides = true;
  /** What this isolate has of it, see run.ts; 0 before and after. */
  tally = 0;

  constructor(record: number, options: RunOptions) {
    super(options);
    this.record = record;
    this.allgs = new Guests(this);
  }

  override get joinsFirst(): boolean {
    return this.isDefault;
  }

  /** The run is over: says so to those who have started what it has stopped here. */
  vanish(): void {
    const { stopped } = this.allgs;
    this.allgs.stopped = [];
    for (const task of stopped) {
      ended(task);
      vanish(task);
    }
    this.allgs.endLeases();
  }
}

/** The guests of runs whose main is on this very thread: no part's list sees their end. */
const atHome: Map<P, Set<Guest>> = once("guests at home", () => new Map<P, Set<Guest>>());

/** How many of a run's goroutines are guests on the thread of its main. */
export function guestsAtHome(p: P): number {
  return atHome.get(p)?.size ?? 0;
}

/** A task was begun on the thread that its run's main is on, which is not the program's first one. */
export function stayAtHome(g: Guest, p: P): void {
  let guests = atHome.get(p);
  if (guests === undefined) {
    guests = new Set();
    atHome.set(p, guests);
    p.atEnd.push(() => {
      const left = atHome.get(p) ?? [];
      atHome.delete(p);
      for (const { task } of left) {
        ended(task);
        vanish(task);
      }
    });
  }
  guests.add(g);
  (g.join() as Operation<never>).enqueue(new Leaver(g, guests));
}

/** Sees the end of a guest at home. */
class Leaver extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly #guest: Guest;
  readonly #guests: Set<Guest>;

  constructor(guest: Guest, guests: Set<Guest>) {
    super();
    this.#guest = guest;
    this.#guests = guests;
  }

  override complete(): void {
    this.#guests.delete(this.#guest);
    this.#guest.leave();
    // What else runs here may be the job's.
    if (this.#guest.lease !== null) leaseOf(this.#guest.p).join(this.#guest.lease);
  }

  override fail(): void {
    this.complete();
  }
}

/** This thread begins a task: if it dies, that is who was on it. */
export function begun(task: number): void {
  const { i32, record } = memory;
  i32[record + BEGUN] = (i32[record + BEGUN] as number) + 1;
  i32[record + LATEST] = task;
}

function ended(task: number): void {
  const { i32, record } = memory;
  i32[record + BEGUN] = (i32[record + BEGUN] as number) - 1;
  if (i32[record + LATEST] === task) i32[record + LATEST] = 0;
}

/** A task comes back without a result. */
export function vanish(task: number): void {
  memory.i32[task + COUNT] = VANISHED;
  sendBack(task);
}

/** A task that could not run comes back with the reason. Its arguments have been given up. */
export function fail(task: number, error: Error): void {
  try {
    putResult(task, error, FAILED);
  } catch (thrown) {
    if (!isFull(thrown)) throw thrown;
    hasNoRoom(task);
    return;
  }
  sendBack(task);
}

/** A task comes back with the news that there was no room for more. */
function hasNoRoom(task: number): void {
  memory.i32[task + COUNT] = NO_ROOM;
  sendBack(task);
}

function sendBack(task: number): void {
  send();
  const { i32 } = memory;
  i32[task + KIND] = KIND_BACK;
  isolate.post(isolateOf(i32[task + OWNER] as number), task);
}
