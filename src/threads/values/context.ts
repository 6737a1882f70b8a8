/**
 * Contexts on other threads. A context that is sent gets a record in shared memory, and the thread that receives it a
 * context of its own kind that looks there (received.ts).
 *
 *     record   references, owner, state, deadline; why; values and late cause; what waits for its end
 *
 * Invariants: the record counts those on other threads and those on their way; while there are any, its owner holds the
 * original, so that it is told of its end. Each reference ends with the job or the run that it is for (lease.ts), or with
 * its thread (holds.ts). The thread that gives up the last one sends the record itself home, where it is freed: neither
 * that nor the news of an end takes memory, so neither can fail. A record without references is not used again.
 *
 * A thread that waits puts its hold on the record's list and then reads the state; the thread that ends the context writes
 * the state and then takes the list.
 *
 * Values go along if they can travel. A key that `key` made is found by its name, because each thread has one of its own.
 */

import type { CancelCtx } from "../../context/cancel-ctx.ts";
import { valuesOf } from "../../context/carried.ts";
import { Ctx, causeOf } from "../../context/ctx.ts";
import { DeadlineExceeded } from "../../context/errors.ts";
import { hold, unhold, Watcher } from "../../context/hold.ts";
import { nodeOf } from "../../context/parent.ts";
import { background, todo } from "../../context/roots.ts";
import type { Context } from "../../context/types.ts";
import { once } from "../../runtime/copies.ts";
import { common } from "../../runtime/host.ts";
import { monotonicAt } from "../../time/time.ts";
import { isolate } from "../memory/isolate.ts";
import {
  CONTEXT_CAUSE as CAUSE,
  CONTEXT_WORDS,
  CONTEXT_DEADLINE as DEADLINE,
  HEAD,
  KIND,
  CONTEXT_OWNER as OWNER,
  CONTEXT_REFS as REFS,
  CONTEXT_REST as REST,
  CONTEXT_STATE as STATE,
  CONTEXT_WAITERS as WAITERS,
} from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { CONTEXT } from "../memory/object.ts";
import { HANDLE, registerHandle } from "./handles.ts";
import {
  CANCELED,
  ENDLESS,
  freeContext,
  isReceived,
  LATE,
  LIVE,
  onHome,
  type Rest,
  receive,
  releaseContext,
  takeWaiters,
} from "./received.ts";
import { copy, pack } from "./slot.ts";
import { SLOT } from "./wire.ts";

/** The roots have no record. */
const BACKGROUND = 0;
const TODO = 1;

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
    const rest: Rest = {
      values: valuesOf(ctx, (entry) => sendable(entry, undefined) !== undefined),
      late: sendable(late, DeadlineExceeded),
    };
    const record = memory.alloc((CONTEXT_WORDS - HEAD) * 4);
    this.record = record;
    i32[record + KIND] = CONTEXT;
    i32[record + REFS] = 1;
    i32[record + OWNER] = memory.key;
    i32[record + STATE] = LIVE;
    const clock = this.node?.p.clock;
    f64[(record + DEADLINE) >> 1] = clock === undefined ? ENDLESS : common() + when - clock.now();
    i32[record + CAUSE] = 0;
    i32[record + WAITERS] = 0;
    try {
      pack(record + REST, rest, "context");
    } catch (error) {
      memory.free(record);
      throw error;
    }
    if (this.node === null) return;
    if (this.node.err() !== undefined) this.#end();
    else {
      hold(this.node, this);
      this.#held = true;
    }
  }

  override tell(): void {
    this.#held = false;
    this.#end();
    takeWaiters(this.record, (entry) => isolate.post(memory.ownerOf(entry), entry));
  }

  /** Writes that it has ended; without its cause when there is no room for it. */
  #end(): void {
    const cause = causeOf(this.ctx);
    try {
      pack(this.record + CAUSE, sendable(cause, new Error(String(cause))), "context");
    } catch {
      memory.i32[this.record + CAUSE] = SLOT.undefined;
    }
    Atomics.store(memory.i32, this.record + STATE, this.node?.error === DeadlineExceeded ? LATE : CANCELED);
  }

  /** No other thread has it any more. */
  forget(): void {
    if (this.#held && this.node !== null && !this.node.told) unhold(this.node, this);
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

/** What others have of this thread, by record and by context. */
const sent: Map<number, Sent> = once("contexts sent", () => new Map<number, Sent>());
const records: WeakMap<Context, number> = once("contexts by record", () => new WeakMap<Context, number>());

/** How many contexts of this thread others have. */
export function contextsSent(): number {
  return sent.size;
}

/** The record of a context, with one more reference. */
function recordOf(ctx: Context): number {
  if (ctx === background()) return BACKGROUND;
  if (ctx === todo()) return TODO;
  isolate.open();
  const { i32 } = memory;
  const known = isReceived(ctx) ? ctx.record : records.get(ctx);
  if (known !== undefined && (isReceived(ctx) || sent.get(known)?.ctx === ctx)) {
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
  const own = sent.get(record)?.ctx;
  if (own === undefined) return receive(record);
  releaseContext(record);
  return own;
}

/** Makes contexts able to travel. */
export function sendContexts(): void {
  onHome((record) => {
    sent.get(record)?.forget();
    sent.delete(record);
    freeContext(record);
  });
  registerHandle({
    kind: HANDLE.context,
    is(value) {
      if (value instanceof Ctx) return true;
      const { deadline, done, err, value: get } = value as Partial<Context>;
      return [deadline, done, err, get].every((method) => typeof method === "function");
    },
    encode: (value) => recordOf(value as Context),
    decode: contextOf,
    release(record) {
      if (record > TODO) releaseContext(record);
    },
  });
}
