/**
 * Contexts of other threads. Each stands for a record in shared memory (context.ts) and looks there: `err()` is right at
 * any time, also while the other thread is busy, and the deadline is kept by this thread's own clock.
 *
 * It ends when its original does, or when what it has arrived for is over on this thread: the job that it is an argument
 * of, with all goroutines that the job has started here, or the run. So no job has to give it back, and what it keeps on
 * its own thread goes with the job. Go's `http.Request.Context` ends that way.
 */

import { CancelCtx } from "../../context/cancel-ctx.ts";
import { CarriedValues, type Entry } from "../../context/carried.ts";
import { Canceled, DeadlineExceeded } from "../../context/errors.ts";
import { background } from "../../context/roots.ts";
import type { Context } from "../../context/types.ts";
import { once } from "../../runtime/copies.ts";
import { common, microtask } from "../../runtime/host.ts";
import { RuntimeTimer } from "../../runtime/timers.ts";
import { formatDuration } from "../../time/duration.ts";
import { type Time, timeAt } from "../../time/time.ts";
import { drain } from "../memory/corrupt.ts";
import { hold, unhold } from "../memory/holds.ts";
import { isolate, KIND_ENDED } from "../memory/isolate.ts";
import {
  CONTEXT_CAUSE,
  CONTEXT_DEADLINE,
  CONTEXT_OWNER,
  CONTEXT_REFS,
  CONTEXT_REST,
  CONTEXT_STATE,
  CONTEXT_WAITERS,
  HOLD_OBJECT,
  HOLD_WAITS,
  KIND,
} from "../memory/layout.ts";
import { memory, push } from "../memory/memory.ts";
import { CONTEXT } from "../memory/object.ts";
import { isolateOf } from "../memory/record.ts";
import { currentLease, Leased } from "./lease.ts";
import { drop, peek } from "./slot.ts";

/** In place of a deadline: it can't be cancelled at all. */
export const ENDLESS = -1;

/** What a record's state says. */
export const LIVE = 0;
export const CANCELED = 1;
export const LATE = 2;

/** What travels beside state and deadline. */
export interface Rest {
  readonly values: readonly Entry[];
  /** The cause once the deadline has passed. */
  readonly late: unknown;
}

/** This thread's reference of a context of another one. */
class Arrival extends Leased {
  readonly record: number;
  readonly entry: number;
  readonly ref: WeakRef<Received | ReceivedValues>;

  constructor(record: number, entry: number, ctx: Received | ReceivedValues) {
    super();
    this.record = record;
    this.entry = entry;
    this.ref = new WeakRef(ctx);
  }

  get node(): Received | null {
    const ctx = this.ref.deref();
    return ctx instanceof ReceivedValues ? ctx.node : (ctx ?? null);
  }

  /** What it has arrived for is over. */
  protected override giveUp(): void {
    this.node?.cancel(new Error("the job or run that this context has arrived for is over on this thread"));
    forgotten.unregister(this);
    this.release();
  }

  release(): void {
    if (arrivals.get(this.record) === this) arrivals.delete(this.record);
    this.leave();
    unhold(this.entry);
    releaseContext(this.record);
  }
}

/** Stands on this thread for a context of another one. */
export class Received extends CancelCtx {
  readonly record: number;
  readonly when: number;
  readonly late: unknown;
  readonly #hold: number;
  #entry: RuntimeTimer | null = null;

  constructor(record: number, held: number, late: unknown) {
    super(null, null, true);
    this.record = record;
    this.late = late;
    this.#hold = held;
    this.when = this.p.clock.now() + (memory.f64[(record + CONTEXT_DEADLINE) >> 1] as number) - common();
    this.due = this.when;
  }

  override get label(): string {
    const left = this.when === Infinity ? "" : ` [${formatDuration(this.when - this.p.clock.now())}]`;
    return `context.Received${left}`;
  }

  override deadline(): Time | undefined {
    return this.when === Infinity ? undefined : timeAt(this.p.clock, this.when);
  }

  override limit(): { when: number; late: unknown } {
    return { when: this.when, late: this.late };
  }

  override overdue(): boolean {
    return this.#state() !== LIVE || this.p.clock.now() >= this.when;
  }

  override conclude(): void {
    const state = this.#state();
    const now = this.p.clock.now();
    if (state === LIVE) {
      this.finish(DeadlineExceeded, this.late, this.when);
      return;
    }
    const error = state === LATE ? DeadlineExceeded : Canceled;
    // Without a cause when there was no room for it.
    this.finish(error, peek(this.record + CONTEXT_CAUSE) ?? error, Math.min(now, this.when));
  }

  override arm(): void {
    const { timers } = this.p;
    this.#entry ??= new RuntimeTimer(timers, CancelCtx.ended as (ctx: never) => void, this);
    if (this.when !== Infinity) timers.add(this.#entry, this.when, timers.order());
    const { i32 } = memory;
    if (i32[this.#hold + HOLD_WAITS] === 0) {
      i32[this.#hold + HOLD_WAITS] = 1;
      push(i32, this.record + CONTEXT_WAITERS, this.#hold);
    }
    if (this.#state() !== LIVE) microtask(() => CancelCtx.ended(this));
  }

  override disarm(): void {
    if (this.#entry !== null && this.when !== Infinity) this.p.timers.remove(this.#entry);
  }

  /** Once it has ended, its record may be another's. */
  #state(): number {
    if (this.error !== undefined) return CANCELED;
    const { i32 } = memory;
    const state = Atomics.load(i32, this.record + CONTEXT_STATE);
    return state === LIVE && !memory.lives(i32[this.record + CONTEXT_OWNER] as number) ? CANCELED : state;
  }
}

/** Values that came with a context from another thread. */
export class ReceivedValues extends CarriedValues {
  declare readonly node: Received | null;
  readonly record: number;

  constructor(record: number, node: Received | null, entries: readonly Entry[]) {
    super(node ?? background(), node, entries);
    this.record = record;
  }
}

/** What this thread has of others, by record. */
const arrivals: Map<number, Arrival> = once("contexts received", () => new Map<number, Arrival>());

/** A net: what a long run has received and forgotten. */
const forgotten = new FinalizationRegistry<Arrival>((arrival) => arrival.release());

/** Whether `ctx` is a context of another thread that this one has a reference of. */
export function isReceived(ctx: Context): ctx is Received | ReceivedValues {
  if (!(ctx instanceof Received || ctx instanceof ReceivedValues)) return false;
  return arrivals.get(ctx.record)?.ref.deref() === ctx;
}

/** This thread's context for a record of another. Adopts the reference. */
export function receive(record: number): Context {
  const known = arrivals.get(record);
  const there = known?.ref.deref();
  if (known !== undefined && there !== undefined) {
    known.enter(currentLease());
    releaseContext(record);
    return there;
  }
  let entry = 0;
  try {
    entry = hold(record);
    memory.i32[entry + KIND] = KIND_ENDED;
    const { values, late } = peek(record + CONTEXT_REST) as Rest;
    const endless = memory.f64[(record + CONTEXT_DEADLINE) >> 1] === ENDLESS;
    const node = endless ? null : new Received(record, entry, late);
    const ctx = values.length > 0 || node === null ? new ReceivedValues(record, node, values) : node;
    const arrival = new Arrival(record, entry, ctx);
    arrivals.set(record, arrival);
    arrival.enter(currentLease());
    // The one below: something may wait for it that has forgotten the one with the values.
    forgotten.register(node ?? ctx, arrival, arrival);
    return ctx;
  } catch (error) {
    if (entry !== 0) unhold(entry);
    releaseContext(record);
    throw error;
  }
}

/** Gives up a reference. The last one sends the record home, where it is freed. */
export function releaseContext(record: number): void {
  const { i32 } = memory;
  if (Atomics.sub(i32, record + CONTEXT_REFS, 1) !== 1) return;
  const owner = i32[record + CONTEXT_OWNER] as number;
  if (owner === memory.key || !memory.lives(owner)) home(record);
  else isolate.post(isolateOf(owner), record);
}

/** What the owner does with a record that no other thread has: `freeContext`, at least. */
let home: (record: number) => void = freeContext;

export function onHome(fn: (record: number) => void): void {
  home = fn;
  isolate.on(CONTEXT, fn);
}

/** Frees a record, and the holds that were given up while they waited. */
export function freeContext(record: number): void {
  takeWaiters(record, (entry) => memory.free(entry));
  drop(record + CONTEXT_CAUSE);
  drop(record + CONTEXT_REST);
  memory.free(record);
}

/** Takes the holds of those that wait for the end of a context. */
export function takeWaiters(record: number, each: (entry: number) => void): void {
  drain(memory.i32, record + CONTEXT_WAITERS, "those that wait for the end of a context", each);
}

/** The news of an end has come; gives the record, 0 for a hold that was given up. */
export function gotEnd(entry: number): number {
  const { i32 } = memory;
  const record = i32[entry + HOLD_OBJECT] as number;
  i32[entry + HOLD_WAITS] = 0;
  if (record === 0) memory.free(entry);
  return record;
}

isolate.on(KIND_ENDED, (entry) => {
  const node = arrivals.get(gotEnd(entry))?.node;
  if (node !== undefined && node !== null) CancelCtx.ended(node);
});
