/**
 * Contexts on other threads. A context that is sent gets a record in shared memory, and the thread that receives it a
 * context of its own kind that looks there: `err()` is right at any time, also while the other thread is busy, and the
 * deadline is kept by each thread's own clock. Whoever waits for its end is told by a message.
 *
 *     record   references, owner, state, deadline; why; values and late cause; who waits (a bit an isolate)
 *
 * Invariants: the record counts those on other threads and those on their way; while there are any, its owner holds the
 * original, so that it is told of its end; the one who gives up the last tells the owner, who frees it. A record that has
 * none left is dead and is not used again, so that happens once.
 *
 * Whoever waits sets its bit and then reads the state; whoever ends the context writes the state and then reads the bits.
 *
 * Values go along if they can travel. A key that `key` made is found by its name, because each thread has one of its own.
 */

import { CancelCtx } from "../../context/cancel-ctx.ts";
import { Ctx, causeOf } from "../../context/ctx.ts";
import { Canceled, DeadlineExceeded } from "../../context/errors.ts";
import { hold, unhold, Watcher } from "../../context/hold.ts";
import { ContextKey } from "../../context/key.ts";
import { nodeOf } from "../../context/parent.ts";
import { background, todo } from "../../context/roots.ts";
import type { Context } from "../../context/types.ts";
import { ValueCtx } from "../../context/value-ctx.ts";
import { once } from "../../runtime/copies.ts";
import { microtask } from "../../runtime/host.ts";
import { RuntimeTimer } from "../../runtime/timers.ts";
import { formatDuration } from "../../time/duration.ts";
import { monotonicAt, type Time, timeAt } from "../../time/time.ts";
import { isolate } from "../memory/isolate.ts";
import {
  CONTEXT_CAUSE as CAUSE,
  CONTEXT_WORDS,
  CONTEXT_DEADLINE as DEADLINE,
  HEAD,
  ISOLATE_BITS,
  CONTEXT_OWNER as OWNER,
  CONTEXT_REFS as REFS,
  CONTEXT_REST as REST,
  CONTEXT_STATE as STATE,
  CONTEXT_WAITING as WAITING,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { HANDLE, registerHandle } from "./handles.ts";
import { copy, drop, pack, peek } from "./slot.ts";
import { onTold, tell } from "./tell.ts";

/** In place of a deadline: it can't be cancelled at all. */
const ENDLESS = -1;

const LIVE = 0;
const CANCELED = 1;
const LATE = 2;

/** The roots have no record. */
const BACKGROUND = 0;
const TODO = 1;

const ENDED = "context ended";
const DROPPED = "context dropped";

/** A value on its way. `named`: the key is one that `key` made, and this is its name. */
interface Entry {
  readonly named: boolean;
  readonly key: unknown;
  readonly value: unknown;
}

/** What travels beside state and deadline. */
interface Rest {
  readonly values: readonly Entry[];
  /** The cause once the deadline has passed. */
  readonly late: unknown;
}

/** Milliseconds by which all threads tell the same moment. */
function common(): number {
  return performance.timeOrigin + performance.now();
}

/** A context of this thread that others have. */
class Sent extends Watcher {
  override prev: Watcher | null = null;
  override next: Watcher | null = null;
  readonly ctx: Context;
  readonly node: CancelCtx | null;
  readonly record: number;
  #held = false;

  constructor(ctx: Context) {
    super();
    const { i32, f64 } = memory;
    this.ctx = ctx;
    this.node = nodeOf("go", ctx);
    const { when, late } = deadlineOf(this.node);
    const rest: Rest = { values: valuesOf(ctx), late: sendable(late, DeadlineExceeded) };
    const record = memory.alloc((CONTEXT_WORDS - HEAD) * 4);
    this.record = record;
    i32[record + REFS] = 1;
    i32[record + OWNER] = memory.self;
    i32[record + STATE] = LIVE;
    const clock = this.node?.p.clock;
    f64[(record + DEADLINE) >> 1] = clock === undefined ? ENDLESS : common() + when - clock.now();
    i32[record + CAUSE] = 0;
    i32.fill(0, record + WAITING, record + CONTEXT_WORDS);
    pack(record + REST, rest, "context");
    if (this.node === null) return;
    if (this.node.err() !== undefined) this.#end();
    else {
      hold(this.node, this);
      this.#held = true;
    }
  }

  override tell(): void {
    const { i32 } = memory;
    this.#held = false;
    this.#end();
    for (let word = 0; word < ISOLATE_BITS; word++) {
      let bits = Atomics.exchange(i32, this.record + WAITING + word, 0);
      for (; bits !== 0; bits &= bits - 1) tell(32 * word + 31 - Math.clz32(bits & -bits), ENDED, this.record);
    }
  }

  /** Writes that it has ended. */
  #end(): void {
    const cause = causeOf(this.ctx);
    pack(this.record + CAUSE, sendable(cause, new Error(String(cause))), "context");
    Atomics.store(memory.i32, this.record + STATE, this.node?.error === DeadlineExceeded ? LATE : CANCELED);
  }

  /** Nobody has it any more. */
  free(): void {
    if (this.#held && this.node !== null && !this.node.told) unhold(this.node, this);
    drop(this.record + CAUSE);
    drop(this.record + REST);
    memory.free(this.record);
  }
}

/** `value`, or `instead` if it can't travel. */
function sendable(value: unknown, instead: unknown): unknown {
  try {
    copy(value, "context");
    return value;
  } catch {
    return instead;
  }
}

/** The earliest deadline of a context and those above, by its run's clock, and the cause it brings. */
function deadlineOf(node: CancelCtx | null): { when: number; late: unknown } {
  let found = { when: Infinity, late: DeadlineExceeded as unknown };
  for (let c = node; c !== null; c = c.up) {
    if (c.p.clock !== node?.p.clock) break;
    const own = c.limit();
    if (own.when < found.when) found = own;
  }
  const above = node?.deadline();
  if (node === null || above === undefined) return found;
  // One of another clock, or of another make.
  const when = monotonicAt(node.p.clock, above);
  return when < found.when - 1 ? { when, late: DeadlineExceeded } : found;
}

/** The values that travel, the nearest first. */
function valuesOf(from: Context): Entry[] {
  const entries: Entry[] = [];
  const add = (entry: Entry): void => {
    if (entries.some(({ named, key }) => named === entry.named && key === entry.key)) return;
    if (sendable(entry, undefined) !== undefined) entries.push(entry);
  };
  for (let ctx: Context | null = from; ctx instanceof Ctx; ctx = ctx.parent) {
    if (ctx instanceof ValueCtx) {
      if (ctx.key instanceof ContextKey) add({ named: true, key: ctx.key.name, value: ctx.held });
      else if (typeof ctx.key !== "object") add({ named: false, key: ctx.key, value: ctx.held });
    } else if (ctx instanceof ReceivedValues) ctx.entries.forEach(add);
  }
  return entries;
}

/** Stands on this thread for a context of another one. */
class Received extends CancelCtx {
  readonly record: number;
  readonly when: number;
  readonly late: unknown;
  #entry: RuntimeTimer | null = null;

  constructor(record: number, late: unknown) {
    super(null, null, true);
    this.record = record;
    this.late = late;
    this.when = this.p.clock.now() + (memory.f64[(record + DEADLINE) >> 1] as number) - common();
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
    if (state === LIVE) this.finish(DeadlineExceeded, this.late, this.when);
    else this.finish(state === LATE ? DeadlineExceeded : Canceled, peek(this.record + CAUSE), Math.min(now, this.when));
  }

  override arm(): void {
    const { timers } = this.p;
    this.#entry ??= new RuntimeTimer(timers, CancelCtx.ended as (ctx: never) => void, this);
    if (this.when !== Infinity) timers.add(this.#entry, this.when, timers.order());
    Atomics.or(memory.i32, this.#waiting(), 1 << (memory.self & 31));
    if (this.#state() !== LIVE) microtask(() => CancelCtx.ended(this));
  }

  override disarm(): void {
    if (this.#entry !== null && this.when !== Infinity) this.p.timers.remove(this.#entry);
    Atomics.and(memory.i32, this.#waiting(), ~(1 << (memory.self & 31)));
  }

  #waiting(): number {
    return this.record + WAITING + (memory.self >> 5);
  }

  #state(): number {
    return Atomics.load(memory.i32, this.record + STATE);
  }
}

/** Values that came with a context from another thread. */
class ReceivedValues extends Ctx {
  override readonly parent: Context;
  readonly record: number;
  readonly node: Received | null;
  readonly entries: readonly Entry[];

  constructor(record: number, node: Received | null, entries: readonly Entry[]) {
    super();
    this.parent = node ?? background();
    this.record = record;
    this.node = node;
    this.entries = entries;
  }

  override get label(): string {
    return `WithValues(${this.entries.map(({ key }) => String(key)).join(", ")})`;
  }

  override own(key: unknown): { readonly value: unknown } | null {
    const named = key instanceof ContextKey;
    const wanted = named ? key.name : key;
    return this.entries.find((entry) => entry.named === named && entry.key === wanted) ?? null;
  }
}

/** What others have of this thread, by record and by context; what this thread has of others. */
const sent: Map<number, Sent> = once("contexts sent", () => new Map<number, Sent>());
const records: WeakMap<Context, number> = once("contexts by record", () => new WeakMap<Context, number>());
const received: Map<number, WeakRef<Received | ReceivedValues>> = once("contexts received", () => new Map());

const forgotten = new FinalizationRegistry<number>((record) => {
  if (received.get(record)?.deref() === undefined) received.delete(record);
  release(record);
});

function release(record: number): void {
  const { i32 } = memory;
  if (record <= TODO || Atomics.sub(i32, record + REFS, 1) !== 1) return;
  const owner = i32[record + OWNER] as number;
  if (owner === memory.self) free(record);
  else tell(owner, DROPPED, record);
}

function free(record: number): void {
  const original = sent.get(record);
  sent.delete(record);
  original?.free();
}

/** The record of a context, with one more reference. */
function recordOf(ctx: Context): number {
  if (ctx === background()) return BACKGROUND;
  if (ctx === todo()) return TODO;
  isolate.open();
  const { i32 } = memory;
  const known = ctx instanceof Received || ctx instanceof ReceivedValues ? ctx.record : records.get(ctx);
  if (known !== undefined && (sent.get(known)?.ctx === ctx || received.has(known))) {
    for (let refs = Atomics.load(i32, known + REFS); refs !== 0; ) {
      const seen = Atomics.compareExchange(i32, known + REFS, refs, refs + 1);
      if (seen === refs) return known;
      refs = seen;
    }
  }
  const made = new Sent(ctx);
  sent.set(made.record, made);
  records.set(ctx, made.record);
  return made.record;
}

/** This thread's context for a record. Adopts the reference. */
function contextOf(record: number): Context {
  if (record === BACKGROUND) return background();
  if (record === TODO) return todo();
  const known = sent.get(record)?.ctx ?? received.get(record)?.deref();
  if (known !== undefined) {
    release(record);
    return known;
  }
  const { values, late } = peek(record + REST) as Rest;
  const endless = memory.f64[(record + DEADLINE) >> 1] === ENDLESS;
  const node = endless ? null : new Received(record, late);
  const ctx = values.length > 0 || node === null ? new ReceivedValues(record, node, values) : node;
  received.set(record, new WeakRef(ctx));
  // The one below: somebody may wait for it who has forgotten the one with the values.
  forgotten.register(node ?? ctx, record);
  return ctx;
}

/** Makes contexts able to travel. */
export function sendContexts(): void {
  onTold(ENDED, (record) => {
    const ctx = received.get(record as number)?.deref();
    const node = ctx instanceof ReceivedValues ? ctx.node : ctx;
    if (node !== undefined && node !== null) CancelCtx.ended(node);
  });
  onTold(DROPPED, (record) => free(record as number));

  registerHandle({
    kind: HANDLE.context,
    is(value) {
      if (value instanceof Ctx) return true;
      const { deadline, done, err, value: get } = value as Partial<Context>;
      return [deadline, done, err, get].every((method) => typeof method === "function");
    },
    encode: (value) => recordOf(value as Context),
    decode: contextOf,
    release,
  });
}
