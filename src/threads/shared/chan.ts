/**
 * Channels between threads. To a program they are channels: the same interface, the same operations, in the same select.
 * The channel is in hchan.ts; here are its operations and what makes it.
 *
 * An object of this class is a thread's handle on the channel. It looks like a local one to what is made for those
 * (`range`, `recvOk`, streams): it has `take` and a `recvq` to wait on.
 */

import { CLOSED } from "../../chan/closed.ts";
import { iterate } from "../../chan/iterate.ts";
import type { Held, Ungiven } from "../../chan/make.ts";
import { TranslatedRecv } from "../../chan/translated.ts";
import type { Chan, Received, TryReceived, Values } from "../../chan/types.ts";
import { Action } from "../../runtime/action.ts";
import { checkCapacity, checkOptions, text, unexpected, whole } from "../../runtime/args.ts";
import { at, emit, tap } from "../../runtime/events.ts";
import { m } from "../../runtime/m.ts";
import { block, checkIn, DONE, NO, performer, step } from "../../runtime/op.ts";
import type { Go, Op, Parked } from "../../runtime/types.ts";
import { made } from "../../runtime/unused.ts";
import type { Waiter } from "../../runtime/waiter.ts";
import { OPTIONS, RECVQ, SENDQ, SLOT_WORDS } from "../memory/layout.ts";
import { CHAN } from "../memory/object.ts";
import type { Codec } from "../values/codec.ts";
import { HANDLE, registerHandle } from "../values/handles.ts";
import { pack, peek } from "../values/slot.ts";
import { receiveMany, sendMany } from "./batch.ts";
import { SharedHchan } from "./hchan.ts";
import { SharedOp } from "./op.ts";
import { handles, newObject, release, retain } from "./shared.ts";
import { waiting } from "./waiting.ts";

/** As many as an unsigned index of slots can count within any memory. */
const MAX_CAPACITY = 2 ** 26;

const pair = (value: unknown, ok: boolean): Received<unknown, unknown> => [value, ok] as Received<unknown, unknown>;

/** A channel between threads: a channel of `T` that also takes and gives many values at once. */
export interface SharedChan<in out T, out Z = undefined> extends Chan<T, Z> {
  /**
   * Sends all of `values`, in order, as many at a time as there is room for.
   *
   * Blocks until the last one is sent. Panics with SEND_ON_CLOSED when the channel is closed, also while it waits; some
   * may have been sent by then, so this can't be a case of a select.
   *
   * @param values an array, which must not change before the last one is sent
   * @throws ArgumentError when it is no array
   */
  readonly sendMany: (values: readonly T[]) => Action<void>;
  /**
   * Sends as many of `values` as there is room for, in order, and says how many those were. Panics with SEND_ON_CLOSED.
   *
   * @param values an array
   * @param from the index of the first to send; 0 by default
   * @throws ArgumentError when `values` is no array
   */
  readonly trySendMany: (values: readonly T[], from?: number) => number;
  /**
   * Receives up to `max` values: all that can be had at once, at least one; none once the channel is closed and drained.
   *
   * Blocks until there is one or the channel is closed.
   *
   * @param max a whole number from 1 up
   * @throws ArgumentError when it is not that
   */
  recvMany(max: number): Op<T[]>;
  /**
   * Receives up to `max` values if that is possible without blocking; an empty array if not.
   *
   * @param max a whole number from 1 up
   * @throws ArgumentError when it is not that
   */
  tryRecvMany(max: number): T[];
}

class SharedChannel extends SharedHchan implements SharedChan<unknown, unknown> {
  readonly #recv: RecvOp = new RecvOp(this);
  readonly #send: SendOp = new SendOp(this, undefined);

  /** Whether `value` is one, and not just made after one. */
  static is(value: object): value is SharedChannel {
    return #recv in value;
  }

  constructor(ptr: number) {
    super(ptr);
    this.zero = peek(ptr + OPTIONS + SLOT_WORDS);
    this.codec = (peek(ptr + OPTIONS + 2 * SLOT_WORDS) as Codec<unknown> | undefined) ?? null;
  }

  send(value: unknown): Op<void> {
    return made(new SendOp(this, value));
  }

  recv(): Op<unknown> {
    return made(this.#recv);
  }

  recvOk(): Op<Received<unknown, unknown>> {
    return made(new TranslatedRecv(this, pair));
  }

  /** Other threads change it, so exploration takes it for anything. */
  get state(): null {
    return null;
  }

  /** Where receivers wait. */
  get recvq(): RecvOp {
    return this.#recv;
  }

  /** What a goroutine that is parked in a send waits for. */
  get parkedSend(): SendOp {
    return this.#send;
  }

  tryRecv(): TryReceived<unknown, unknown> {
    const value = this.take();
    if (value === NO) return undefined;
    return value === CLOSED ? [this.zero, false] : [value, true];
  }

  trySendMany(values: readonly unknown[], from = 0): number {
    return sendMany(this, checkArray("trySendMany", values), from);
  }

  sendMany(values: readonly unknown[]): Action<void> {
    checkArray("sendMany", values);
    return new Action("SharedChan.sendMany", () => sendAll(this, values));
  }

  tryRecvMany(max: number): unknown[] {
    return receiveMany(this, whole("tryRecvMany", max, 1));
  }

  recvMany(max: number): Op<unknown[]> {
    return made(new TranslatedManyOp(this, whole("recvMany", max, 1)));
  }

  [Symbol.asyncIterator](): Values<unknown> {
    return iterate(this);
  }
}

function* sendAll(ch: SharedChannel, values: readonly unknown[]): Go {
  for (let sent = sendMany(ch, values, 0); sent < values.length; sent += sendMany(ch, values, sent)) {
    yield* new SendOp(ch, values[sent++]);
  }
}

class SendOp extends SharedOp<void, SharedChannel> {
  readonly #value: unknown;

  constructor(ch: SharedChannel, value: unknown) {
    super(ch);
    this.#value = value;
  }

  override get queue(): number {
    return SENDQ;
  }

  override get verb(): string {
    return "send";
  }

  override attempt(): undefined | NO {
    return this.object.trySend(this.#value) ? undefined : NO;
  }

  override prepare(cell: number): void {
    this.object.pack(cell, this.#value);
  }

  override [Symbol.iterator](): Iterator<Parked, void, unknown> {
    const g = performer();
    if (--m.budget < 0 && !checkIn(g, this)) return step;
    const ch = this.object;
    if (ch.trySend(this.#value)) {
      DONE.value = undefined;
      m.step = DONE;
    } else {
      const s = waiting.prepare(this);
      // Parked on the channel's own operation: the value is in shared memory, and this object can go.
      block(g, ch.parkedSend);
      waiting.start(g, ch, s);
    }
    return step;
  }
}

class RecvOp extends SharedOp<unknown, SharedChannel> {
  override get queue(): number {
    return RECVQ;
  }

  override get verb(): string {
    return "receive";
  }

  override attempt(): unknown {
    const value = this.object.take();
    return value === CLOSED ? this.object.zero : value;
  }

  override prepare(): void {}

  push(w: Waiter): void {
    waiting.enqueue(w, this);
  }

  remove(w: Waiter): void {
    waiting.leave(w);
  }

  override [Symbol.iterator](): Iterator<Parked, unknown, unknown> {
    const g = performer();
    if (--m.budget < 0 && !checkIn(g, this)) return step;
    const ch = this.object;
    const value = ch.take();
    if (value === NO) {
      const s = waiting.prepare(this);
      block(g, this);
      waiting.start(g, ch, s);
    } else {
      DONE.value = value === CLOSED ? ch.zero : value;
      m.step = DONE;
    }
    return step;
  }
}

/** Receives one value as others do, and then whatever else is there. */
class TranslatedManyOp extends TranslatedRecv<unknown[]> {
  readonly #ch: SharedChannel;
  readonly #max: number;

  constructor(ch: SharedChannel, max: number) {
    super(ch, (value, ok) => (ok ? [value, ...(max > 1 ? receiveMany(ch, max - 1) : [])] : []));
    this.#ch = ch;
    this.#max = max;
  }

  override attempt(): unknown[] | NO {
    const values = receiveMany(this.#ch, this.#max);
    return values.length > 0 ? values : super.attempt();
  }
}

function checkArray(where: string, values: readonly unknown[]): readonly unknown[] {
  if (Array.isArray(values)) return values;
  throw unexpected(where, "an array", values);
}

/** Options of `sharedChan`. */
export interface SharedChanOptions<T, Z> {
  /** What a receive from the closed and drained channel gives; `undefined` by default. */
  readonly zero?: Z | undefined;
  /** A name, shown in dumps, deadlock reports and traces. */
  readonly name?: string | undefined;
  /**
   * How its values travel: `encode` gives what travels in a value's stead, `decode` makes the value of it. Both are
   * parallel functions, because other threads need them as well.
   */
  readonly codec?: Codec<T> | undefined;
}

/**
 * Makes a channel between threads (Go's `make(chan T, capacity)`): what is sent on one thread can be received on another.
 *
 * It is used as `chan` is, and also where there is only one thread. Values travel as copies, except for what is shared
 * itself; one that can't travel makes the send throw. Sending to a thread that waits costs a wake-up of that thread, so
 * give a channel between threads room.
 *
 * @param capacity how many values it holds before a send blocks: a whole number from 0 (the default) to 2^26
 * @param options `zero`, what receives give once the channel is closed and drained; `name`, for dumps and traces; `codec`
 * @throws Panic CHAN_SIZE for another number, SHARED_MEMORY when there is no room; ArgumentError for what is no number
 *
 * Source: https://go.dev/ref/spec#Making_slices_maps_and_channels
 *
 * @example
 * ```ts
 * import { go, range, run } from "millrace";
 * import { sharedChan } from "millrace/threads";
 * await run(function* () {
 *   const ch = sharedChan<number>(8, { name: "numbers" });
 *   go(function* () {
 *     yield* ch.sendMany([1, 2, 3]);
 *     ch.close();
 *   });
 *   let sum = 0;
 *   for (const r = range(ch); yield* r.next(); ) sum += r.value;
 *   console.log(sum); // 6
 * });
 * ```
 */
export function sharedChan<T = Ungiven, Z = T>(
  capacity: number | undefined,
  options: { readonly zero: Z; readonly name?: string | undefined; readonly codec?: Codec<Held<T, Z>> | undefined },
): SharedChan<Held<T, Z>, Z>;
export function sharedChan<T>(
  capacity?: number,
  options?: { readonly name?: string | undefined; readonly codec?: Codec<T> | undefined },
): SharedChan<T>;
export function sharedChan(
  capacity = 0,
  options: SharedChanOptions<unknown, unknown> = {},
): SharedChan<unknown, unknown> {
  checkCapacity("sharedChan", capacity, MAX_CAPACITY);
  checkOptions("sharedChan", options, "zero, name");
  const { zero, name, codec } = options;
  if (name !== undefined) text("sharedChan: name", name);
  checkCodec(codec);
  const ptr = newObject(CHAN, capacity || 0, capacity || 0, name);
  try {
    pack(ptr + OPTIONS + SLOT_WORDS, zero, "sharedChan: zero");
    if (codec !== undefined) pack(ptr + OPTIONS + 2 * SLOT_WORDS, { ...codec }, "sharedChan: codec");
  } catch (error) {
    release(ptr);
    throw error;
  }
  const ch = new SharedChannel(ptr);
  handles.add(ch);
  if (tap.listener !== null) emit({ kind: "chan-make", ...at(ch.p), chan: ch.id, name, capacity, shared: true });
  return ch;
}

function checkCodec(codec: Partial<Codec<unknown>> | undefined): void {
  if (codec === undefined) return;
  if (typeof codec?.encode !== "function" || typeof codec.decode !== "function") {
    throw unexpected("sharedChan: codec", "a codec like { encode, decode }", codec);
  }
}

registerHandle({
  kind: HANDLE.chan,
  is: (value) => SharedChannel.is(value),
  encode(value) {
    const { ptr } = value as SharedChannel;
    retain(ptr);
    return ptr;
  },
  decode: (ptr) => handles.adopt(ptr, (at) => new SharedChannel(at)),
  release,
});
