/**
 * A channel that can only be received from and whose values come from somewhere else than senders: the channel of a
 * timer, the `done` of a context.
 *
 * It has no buffer. `take` asks the subclass, which knows without help whether there is a value now. So the subclass has
 * work to do only while somebody is parked here: `watched` is called when the first receiver parks, `unwatched` when the
 * last one has left. Between the two it must complete them in time; otherwise nothing needs to refer to this channel,
 * and it can be collected.
 *
 * A sibling of `Hchan`, not a subclass: with one more shape V8 would look up what it now inlines in every channel
 * operation of a program that also uses timers.
 */
import { at, emit, tap } from "../runtime/events.ts";
import { m } from "../runtime/m.ts";
import { NO, Operation } from "../runtime/op.ts";
import type { P } from "../runtime/proc.ts";
import type { Thing } from "../runtime/thing.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Waiter, WaitQueue } from "../runtime/waiter.ts";
import { CLOSED } from "./closed.ts";
import { chanId } from "./hchan.ts";
import { iterate } from "./iterate.ts";
import { type Source, TranslatedRecv } from "./translated.ts";
import type { Received, RecvChan, TryReceived, Values } from "./types.ts";

const pair = (value: unknown, ok: boolean): Received<never, undefined> => [value, ok] as [never, true];

export abstract class RecvOnly<out T> implements RecvChan<T>, Source {
  readonly id: number = chanId();
  readonly p: P;
  readonly zero: undefined = undefined;

  /** Those who are parked here, first in, first out. */
  protected readonly queue: WaitQueue = new WaitQueue();
  readonly #name: { toString(): string };
  #recv: RecvOp | null = null;

  /** @param name what to call it in dumps, as a string or as what it belongs to */
  constructor(p: P, name: { toString(): string }) {
    this.p = p;
    this.#name = name;
    if (tap.listener !== null) emit({ kind: "chan-make", ...at(p), chan: this.id, name: this.name, capacity: 0 });
  }

  get name(): string {
    return this.#name.toString();
  }

  /** The next value; `NO` when there is none yet, `CLOSED` when there will be none. */
  abstract take(): unknown;
  /** The first receiver has parked. */
  protected abstract watched(): void;
  /** The last parked receiver has left. */
  protected abstract unwatched(): void;

  get kind(): "chan" {
    return "chan";
  }

  get touches(): object | null {
    return null;
  }

  /** Whether `take` would give something; undefined where only it can tell. */
  ready(): boolean | undefined {
    return undefined;
  }

  get length(): number {
    return 0;
  }

  get capacity(): number {
    return 0;
  }

  /** This object is its own queue as far as operations see it, so that it knows of each that comes and leaves. */
  get recvq(): this {
    return this;
  }

  push(w: Waiter): void {
    const first = this.queue.first === null;
    this.queue.push(w);
    if (first) this.watched();
  }

  remove(w: Waiter): void {
    if (this.queue.first === null) return;
    this.queue.remove(w);
    if (this.queue.first === null) this.unwatched();
  }

  recv(): Op<T | undefined> {
    this.#recv ??= new RecvOp(this);
    return made(this.#recv) as Op<T | undefined>;
  }

  recvOk(): Op<Received<T, undefined>> {
    return made(new TranslatedRecv(this, pair));
  }

  tryRecv(): TryReceived<T, undefined> {
    if (m.touch !== null) m.touch(this.touches ?? this);
    const value = this.take();
    if (value === NO) return undefined;
    return value === CLOSED ? [undefined, false] : [value as T, true];
  }

  [Symbol.asyncIterator](): Values<T> {
    return iterate(this);
  }

  /** For the subclass: a receive takes a value, or, `direct`, one is handed to a receiver that is parked. */
  protected received(value: unknown, direct: boolean): void {
    if (tap.listener === null) return;
    const kind = direct ? "chan-send" : "chan-recv";
    emit({ kind, ...at(this.p), chan: this.id, value, length: this.length, direct, ok: true });
  }

  /** For the subclass: it is closed from now on. */
  protected closed(): void {
    if (tap.listener !== null) emit({ kind: "chan-close", ...at(this.p), chan: this.id });
  }

  /** For the subclass: a receive finds it closed and drained. */
  protected drained(): typeof CLOSED {
    const value = this.zero;
    if (tap.listener !== null) {
      emit({ kind: "chan-recv", ...at(this.p), chan: this.id, value, length: 0, direct: false, ok: false });
    }
    return CLOSED;
  }
}

class RecvOp extends Operation<unknown> {
  readonly #ch: RecvOnly<unknown>;

  constructor(ch: RecvOnly<unknown>) {
    super();
    this.#ch = ch;
  }

  override get verb(): string {
    return "receive";
  }

  override get on(): Thing {
    return this.#ch;
  }

  override attempt(): unknown {
    const value = this.#ch.take();
    return value === CLOSED ? undefined : value;
  }

  override enqueue(w: Waiter): void {
    this.#ch.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#ch.remove(w);
  }
}
