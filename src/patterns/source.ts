/**
 * What patterns read from: a channel, an iterable or an async iterable, each behind one small interface. An `Inlet` is
 * asked for the next value and says it, or `NO`, or `CLOSED`; after `NO` a waiter may be parked on it, which is completed
 * like that of a receive. It is no operation, so that a stream can hold its place in several of them with one waiter each.
 *
 * Invariants: nothing is read that was not asked for, and of an async iterable one value ahead at most, the one that was
 * asked for by somebody who has left. After `CLOSED` it is `CLOSED` for good; after a throw it throws that for good. `stop` ends the source itself,
 * where it can be ended: an iterator is returned, a stream of this library is stopped, a channel is left as it is.
 */

import { CLOSED } from "../chan/closed.ts";
import type { Source as ChanSource } from "../chan/translated.ts";
import type { Received, RecvChan } from "../chan/types.ts";
import { unexpected } from "../runtime/args.ts";
import type { Operation } from "../runtime/op.ts";
import { NO } from "../runtime/op.ts";
import { contained } from "../runtime/unused.ts";
import { type Proxies, Relay, type Waiter, WaitQueue } from "../runtime/waiter.ts";

/** What a pattern reads from: a channel until it is closed, an iterable or an async iterable until it ends. */
export type Source<T> = RecvChan<T, unknown> | Iterable<T> | AsyncIterable<T>;

/** The type of a source's values. */
export type SourceValue<S> =
  S extends RecvChan<infer T, unknown>
    ? T
    : S extends Iterable<infer T>
      ? T
      : S extends AsyncIterable<infer T>
        ? T
        : never;

export abstract class Inlet<out T = unknown> {
  #users = 1;

  /** The next value, `NO` when there is none yet, `CLOSED` when there will be none. Throws what the source throws. */
  abstract take(): T | NO | typeof CLOSED;
  /** Has `w` completed with the next value, or with `ok === false` at the end. Right after `take` said `NO`. */
  abstract park(w: Waiter): void;
  /** Takes that waiter out again. Does nothing if it is not there. */
  abstract unpark(w: Waiter): void;

  /** One more reader. */
  share(): this {
    this.#users++;
    return this;
  }

  /** A reader has stopped; with the last one the source is. */
  stop(): void {
    if (--this.#users === 0) this.end();
  }

  protected end(): void {}
}

/** One of this library's channels. */
class ChanInlet<T> extends Inlet<T> {
  readonly #ch: ChanSource;

  constructor(ch: ChanSource) {
    super();
    this.#ch = ch;
  }

  override take(): T | NO | typeof CLOSED {
    return this.#ch.take() as T;
  }

  override park(w: Waiter): void {
    this.#ch.recvq.push(w);
  }

  override unpark(w: Waiter): void {
    this.#ch.recvq.remove(w);
  }

  protected override end(): void {
    const { stop } = this.#ch as { stop?: unknown };
    if (typeof stop === "function") stop.call(this.#ch);
  }
}

/** Between a receive operation and the waiter that stands for it. */
class Unpacker extends Relay {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  protected override readonly owner: Waiter;

  constructor(owner: Waiter) {
    super();
    this.owner = owner;
  }

  override complete(received: unknown): void {
    const [value, ok] = received as Received<unknown, unknown>;
    this.owner.proxies = null;
    this.owner.complete(value, ok);
  }
}

/** A channel of another make: the nil channel, one between threads. */
class OpInlet<T> extends Inlet<T> {
  readonly #op: Operation<Received<T, unknown>>;

  constructor(ch: RecvChan<T, unknown>) {
    super();
    this.#op = ch.recvOk() as Operation<Received<T, unknown>>;
    contained(this.#op);
  }

  override take(): T | NO | typeof CLOSED {
    const received = this.#op.attempt();
    if (received === NO) return NO;
    return received[1] ? received[0] : CLOSED;
  }

  override park(w: Waiter): void {
    const unpacker = new Unpacker(w);
    w.proxies = unpacker;
    this.#op.enqueue(unpacker);
  }

  override unpark(w: Waiter): void {
    if (w.proxies === null) return;
    this.#op.dequeue(w.proxies as Waiter);
    w.proxies = null;
  }
}

/** An inlet that knows how its source has ended. */
abstract class EndingInlet<T> extends Inlet<T> {
  protected ended = false;
  protected failure: { readonly error: unknown } | null = null;

  protected over(): typeof CLOSED {
    if (this.failure !== null) throw this.failure.error;
    return CLOSED;
  }
}

export class IterInlet<T> extends EndingInlet<T> {
  readonly #source: Iterable<T>;
  #iterator: Iterator<T> | null = null;

  constructor(source: Iterable<T>) {
    super();
    this.#source = source;
  }

  override take(): T | typeof CLOSED {
    if (this.ended) return this.over();
    // Until it has answered it counts as ended: it must not be returned if it throws.
    this.ended = true;
    try {
      this.#iterator ??= this.#source[Symbol.iterator]();
      const { done, value } = this.#iterator.next();
      if (done) return CLOSED;
      this.ended = false;
      return value;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  override park(): void {}

  override unpark(): void {}

  protected override end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#iterator?.return?.();
  }
}

/** An inlet whose source is asked for a value and answers later. */
export abstract class AskedInlet<T> extends EndingInlet<T> {
  /** Asked for, and not there yet. */
  #pending = false;
  /** There, and not taken yet. */
  #next: { readonly value: T } | null = null;
  readonly #waiters: WaitQueue = new WaitQueue();

  /** Has the source find the next value, and then call one of the three below. */
  protected abstract ask(): void;

  override take(): T | NO | typeof CLOSED {
    // It may answer at once.
    if (this.#next === null && !this.ended) this.#ask();
    const next = this.#next;
    if (next !== null) {
      this.#next = null;
      return next.value;
    }
    return this.ended ? this.over() : NO;
  }

  #ask(): void {
    if (this.#pending) return;
    this.#pending = true;
    try {
      this.ask();
    } catch (error) {
      this.threw(error);
    }
  }

  protected gave(value: T): void {
    this.#pending = false;
    if (this.ended) return;
    const w = this.#waiters.shift();
    if (w === null) {
      this.#next = { value };
      return;
    }
    if (this.#waiters.first !== null) this.#ask();
    w.complete(value, true);
  }

  protected closed(): void {
    this.#pending = false;
    this.ended = true;
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) w.complete(undefined, false);
  }

  protected threw(error: unknown): void {
    this.#pending = false;
    if (this.ended) return;
    this.ended = true;
    this.failure = { error };
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) w.fail(error);
  }

  override park(w: Waiter): void {
    this.#waiters.push(w);
  }

  override unpark(w: Waiter): void {
    this.#waiters.remove(w);
  }

  protected override end(): void {
    this.ended = true;
    this.#next = null;
  }
}

class AsyncInlet<T> extends AskedInlet<T> {
  readonly #source: AsyncIterable<T>;
  #iterator: AsyncIterator<T> | null = null;

  constructor(source: AsyncIterable<T>) {
    super();
    this.#source = source;
  }

  protected override ask(): void {
    this.#iterator ??= this.#source[Symbol.asyncIterator]();
    this.#iterator.next().then(
      ({ done, value }) => (done ? this.closed() : this.gave(value)),
      (error) => this.threw(error),
    );
  }

  protected override end(): void {
    if (this.ended) return;
    super.end();
    // It was told to stop; how it takes that concerns nobody any more.
    this.#iterator?.return?.()?.then(undefined, () => {});
  }
}

/** Something to read `source` with. */
export function inletOf<T>(where: string, source: Source<T>): Inlet<T> {
  if (source instanceof Inlet) return source;
  if ((typeof source === "object" && source !== null) || typeof source === "function" || typeof source === "string") {
    if (typeof (source as Partial<RecvChan<T>>).recvOk === "function") {
      return "take" in (source as object)
        ? new ChanInlet(source as unknown as ChanSource)
        : new OpInlet(source as RecvChan<T>);
    }
    if (typeof (source as Partial<Iterable<T>>)[Symbol.iterator] === "function")
      return new IterInlet(source as Iterable<T>);
    if (typeof (source as Partial<AsyncIterable<T>>)[Symbol.asyncIterator] === "function") {
      return new AsyncInlet(source as AsyncIterable<T>);
    }
  }
  throw unexpected(where, "a channel, an iterable or an async iterable", source);
}
