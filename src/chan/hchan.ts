/**
 * The channel (Go's `runtime/chan.go`).
 *
 * Invariants, Go's own:
 * - At least one of `sendq` and `recvq` is empty, except for a select that waits on both ends of one channel.
 * - For a buffered channel also: `qcount > 0` implies that `recvq` is empty; `qcount < dataqsiz` that `sendq` is empty.
 * - After `close`, both queues are empty for good.
 *
 * There is no lock: one thread runs all of this, and nothing in here calls out before the channel is consistent again.
 * The buffer starts small and doubles up to `dataqsiz`, because a capacity is a promise to block late, not a reason to
 * allocate early.
 *
 * A receive has no state of its own, so a channel hands out the same operation each time. The bodies of the two
 * `[Symbol.iterator]` below repeat the one of `Operation`: with one shared body V8 sees every kind of operation at the one call
 * of `attempt` and dispatches by look-up; apart, each is inlined. That is worth 20-30 ns an operation.
 */
import { checkCapacity } from "../runtime/args.ts";
import { at, emit, tap } from "../runtime/events.ts";
import { m } from "../runtime/m.ts";
import { numbers } from "../runtime/numbers.ts";
import { block, checkIn, DONE, NO, Operation, park, performer, step } from "../runtime/op.ts";
import { Panic } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Thing } from "../runtime/thing.ts";
import type { Op, Parked } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Waiter, WaitQueue } from "../runtime/waiter.ts";
import { CLOSED } from "./closed.ts";
import { iterate } from "./iterate.ts";
import { TranslatedRecv } from "./translated.ts";
import type { Chan, Values } from "./types.ts";

/** Go limits a channel by memory, JavaScript an array by this. */
const MAX_CAPACITY = 2 ** 32 - 1;
const FIRST_BUFFER = 16;

/** A number that no other channel has. */
export function chanId(): number {
  return ++numbers.chans;
}

const pair = (value: unknown, ok: boolean): [unknown, true] | [unknown, false] => [value, ok] as [unknown, true];

export class Hchan implements Chan<unknown, unknown>, Thing {
  readonly id: number = ++numbers.chans;
  readonly name: string | undefined;
  /** The run it was made in. */
  readonly p: P;
  readonly zero: unknown;

  qcount = 0;
  readonly dataqsiz: number;
  buf: unknown[];
  sendx = 0;
  recvx = 0;
  readonly sendq: WaitQueue = new WaitQueue();
  readonly recvq: WaitQueue = new WaitQueue();
  closed = false;
  /** What it was closed with, thrown by receives once it is drained. Go has no such thing. */
  #failure: { readonly error: unknown } | null = null;

  #recv: RecvOp | null = null;
  #send: SendOp | null = null;

  constructor(capacity: number, zero: unknown, name: string | undefined) {
    checkCapacity("chan", capacity, MAX_CAPACITY);
    this.name = name;
    this.zero = zero;
    this.p = m.current();
    this.dataqsiz = capacity || 0; // -0 is no capacity
    this.buf = capacity === 0 ? EMPTY : new Array(Math.min(capacity, FIRST_BUFFER)).fill(undefined);
    if (m.touch !== null) m.touch(this);
    if (tap.listener !== null) this.#tellMade();
  }

  get length(): number {
    if (m.touch !== null) m.touch(this);
    return this.qcount;
  }

  get kind(): "chan" {
    return "chan";
  }

  ready({ verb }: Operation<unknown>): boolean {
    const { closed, qcount, dataqsiz, sendq, recvq } = this;
    if (closed) return true;
    return verb === "send" ? qcount < dataqsiz || recvq.first !== null : qcount > 0 || sendq.first !== null;
  }

  get capacity(): number {
    return this.dataqsiz;
  }

  send(value: unknown): Op<void> {
    return made(new SendOp(this, value));
  }

  recv(): Op<unknown> {
    this.#recv ??= new RecvOp(this);
    return made(this.#recv);
  }

  /** What a goroutine that is parked in a send waits for. */
  parkedSend(): Operation<void> {
    this.#send ??= new SendOp(this, undefined);
    return this.#send;
  }

  recvOk(): Op<[unknown, true] | [unknown, false]> {
    return made(new TranslatedRecv(this, pair));
  }

  trySend(value: unknown): boolean {
    if (m.touch !== null) m.touch(this);
    return this.put(value);
  }

  /** Go's `chansend` up to where it would block. */
  put(value: unknown): boolean {
    if (this.closed) throw new Panic("SEND_ON_CLOSED");
    if (this.recvq.first !== null && this.#hand(value)) return true;
    if (this.qcount === this.dataqsiz) return false;
    if (this.qcount === this.buf.length) this.#grow();
    const at = this.sendx;
    this.buf[at] = value;
    this.sendx = at + 1 === this.buf.length ? 0 : at + 1;
    this.qcount++;
    if (tap.listener !== null) this.#tell("chan-send", value, false, true);
    return true;
  }

  /** Hands `value` to whoever waits longest, if that one can take it. */
  #hand(value: unknown): boolean {
    const receiver = this.recvq.shift();
    if (receiver === null) return false;
    if (tap.listener !== null) this.#tell("chan-send", value, true, true);
    receiver.complete(value, true);
    return true;
  }

  /** Go's `chanrecv` up to where it would block: the value; `NO`; or, closed and drained, `CLOSED`. */
  take(): unknown {
    if (this.qcount > 0) {
      const at = this.recvx;
      const value = this.buf[at];
      this.recvx = at + 1 === this.buf.length ? 0 : at + 1;
      const sender = this.sendq.shift();
      if (sender === null) {
        this.buf[at] = undefined;
        this.qcount--;
        if (tap.listener !== null) this.#tell("chan-recv", value, false, true);
      } else {
        // The buffer is full, so the slot that frees is also its tail: the sender's value goes there.
        this.buf[at] = sender.value;
        this.sendx = this.recvx;
        if (tap.listener !== null) this.#tell("chan-recv", value, false, true);
        sender.complete(undefined, true);
      }
      return value;
    }
    const sender = this.sendq.shift();
    if (sender !== null) {
      const { value } = sender;
      if (tap.listener !== null) this.#tell("chan-recv", value, true, true);
      sender.complete(undefined, true);
      return value;
    }
    return this.closed ? this.#ended() : NO;
  }

  #ended(): typeof CLOSED {
    if (tap.listener !== null) this.#tell("chan-recv", this.zero, false, false);
    if (this.#failure !== null) throw this.#failure.error;
    return CLOSED;
  }

  tryRecv(): [unknown, true] | [unknown, false] | undefined {
    if (m.touch !== null) m.touch(this);
    const value = this.take();
    if (value === NO) return undefined;
    return value === CLOSED ? [this.zero, false] : [value, true];
  }

  close(): void {
    this.closeWith(null);
  }

  closeWith(failure: { readonly error: unknown } | null): void {
    if (m.touch !== null) m.touch(this);
    if (this.closed) throw new Panic("CLOSE_OF_CLOSED");
    this.closed = true;
    this.#failure = failure;
    if (tap.listener !== null) emit({ kind: "chan-close", ...at(this.p), chan: this.id });
    for (let w = this.recvq.shift(); w !== null; w = this.recvq.shift()) {
      if (failure === null) w.complete(this.zero, false);
      else w.fail(failure.error);
    }
    for (let w = this.sendq.shift(); w !== null; w = this.sendq.shift()) w.fail(new Panic("SEND_ON_CLOSED"));
  }

  [Symbol.asyncIterator](): Values<unknown> {
    return iterate(this);
  }

  #grow(): void {
    const { buf, recvx, qcount } = this;
    const grown: unknown[] = new Array(Math.min(this.dataqsiz, buf.length * 2)).fill(undefined);
    for (let i = 0; i < qcount; i++) grown[i] = buf[(recvx + i) % buf.length];
    this.buf = grown;
    this.recvx = 0;
    this.sendx = qcount;
  }

  #tellMade(): void {
    const { id, name, dataqsiz } = this;
    tap.meet?.(this);
    emit({ kind: "chan-make", ...at(this.p), chan: id, name, capacity: dataqsiz });
  }

  #tell(kind: "chan-send" | "chan-recv", value: unknown, direct: boolean, ok: boolean): void {
    emit({ kind, ...at(this.p), chan: this.id, value, length: this.qcount, direct, ok });
  }
}

const EMPTY: unknown[] = [];

class SendOp extends Operation<void> {
  readonly #ch: Hchan;
  readonly #value: unknown;

  constructor(ch: Hchan, value: unknown) {
    super();
    this.#ch = ch;
    this.#value = value;
  }

  override get verb(): string {
    return "send";
  }

  override get on(): Hchan {
    return this.#ch;
  }

  override attempt(): undefined | NO {
    return this.#ch.put(this.#value) ? undefined : NO;
  }

  override enqueue(w: Waiter): void {
    w.value = this.#value;
    this.#ch.sendq.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#ch.sendq.remove(w);
    w.value = undefined;
  }

  override [Symbol.iterator](): Iterator<Parked, void, unknown> {
    const g = performer();
    if (--m.budget < 0 && !checkIn(g, this)) return step;
    if (this.#ch.put(this.#value)) {
      DONE.value = undefined;
      m.step = DONE;
    } else {
      // Parked on the channel's own operation: the value is with the goroutine, and this object can go.
      block(g, this.#ch.parkedSend());
      g.value = this.#value;
      this.#ch.sendq.push(g);
    }
    return step;
  }
}

class RecvOp extends Operation<unknown> {
  readonly #ch: Hchan;

  constructor(ch: Hchan) {
    super();
    this.#ch = ch;
  }

  override get verb(): string {
    return "receive";
  }

  override get on(): Hchan {
    return this.#ch;
  }

  override attempt(): unknown {
    const value = this.#ch.take();
    return value === CLOSED ? this.#ch.zero : value;
  }

  override enqueue(w: Waiter): void {
    this.#ch.recvq.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#ch.recvq.remove(w);
  }

  override [Symbol.iterator](): Iterator<Parked, unknown, unknown> {
    const g = performer();
    if (--m.budget < 0 && !checkIn(g, this)) return step;
    const value = this.#ch.take();
    if (value === NO) park(g, this);
    else {
      DONE.value = value === CLOSED ? this.#ch.zero : value;
      m.step = DONE;
    }
    return step;
  }
}
