/**
 * A stream: the channel that a pattern gives. It is made of waiters, not of goroutines: what is received from it is taken
 * from its sources in that moment, and while somebody is parked on it, it is parked on them. So it reads nothing ahead,
 * and one that is dropped leaves nothing behind that runs or waits.
 *
 * Rejected: a goroutine between source and channel, as Go programs have. It reads ahead by one value, costs two switches a
 * value, and is parked for ever on its send when the reader walks away.
 *
 * Invariants: while a receiver is parked, `poll` has nothing and each inlet that has not ended has this stream's tap; while
 * none is, no inlet has it (except where a subclass listens all the time). Once ended it has no receiver and no tap.
 */

import { CLOSED } from "../chan/closed.ts";
import { iterate } from "../chan/iterate.ts";
import { RecvOnly } from "../chan/recv-only.ts";
import type { RecvChan, Values } from "../chan/types.ts";
import type { Context } from "../context/types.ts";
import { checkOptions, unexpected } from "../runtime/args.ts";
import { m } from "../runtime/m.ts";
import { NO } from "../runtime/op.ts";
import { type Proxies, Waiter } from "../runtime/waiter.ts";
import { type Inlet, inletOf } from "./source.ts";

/**
 * The channel that a pattern gives. It is read like any other; leaving a `for await` loop over it, or disposing of it,
 * stops it.
 */
export interface Stream<out T> extends RecvChan<T>, Disposable {
  /**
   * Ends it: the channel closes, a source that is an iterator is returned, one that is another stream is stopped too, and
   * what works for it is cancelled. Never blocks. Does nothing when it has ended.
   */
  stop(): void;
}

/** Options that all patterns take. */
export interface StreamOptions {
  /** Stops the stream when it is done, as `stop` does: the channel closes, and `ctx.err()` tells that from the source's end. */
  readonly ctx?: Context | undefined;
}

/** A stream's place in a queue of one of its inlets. */
class Tap extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly inlet: Inlet;
  parked = false;
  readonly #stream: Flow<unknown>;

  constructor(stream: Flow<unknown>, inlet: Inlet) {
    super();
    this.#stream = stream;
    this.inlet = inlet;
  }

  override complete(value: unknown, ok: boolean): void {
    this.parked = false;
    this.#stream.arrived(this.inlet, ok ? value : CLOSED);
  }

  override fail(error: unknown): void {
    this.parked = false;
    this.#stream.failed(error);
  }
}

export abstract class Flow<T> extends RecvOnly<T> implements Stream<T> {
  protected ended = false;
  /** What it ended with, which every receive throws from then on. */
  #failure: { readonly error: unknown } | null = null;
  readonly #taps: Tap[] = [];
  /** A value that nobody was left to take. */
  #left: { readonly value: T } | null = null;
  readonly #ctx: Context | undefined;
  /** The end of the context. */
  readonly #done: Inlet | undefined;

  constructor(name: string, options: StreamOptions) {
    super(m.current(), name);
    checkOptions(name, options, "ctx");
    const { ctx } = options;
    this.#ctx = checkContext(name, ctx);
    this.#done = ctx && this.listen(inletOf(name, ctx.done()));
  }

  /** The next value that can be had without waiting, `NO`, or `CLOSED`. Throws what a source throws. */
  protected abstract poll(): T | NO | typeof CLOSED;
  /** Something came from an inlet that this waited on: a value, or `CLOSED`. Keeps it for the next `poll`. */
  protected abstract keep(inlet: Inlet, value: unknown): void;

  /** What it gives once the context is done: a value that is still here, or `CLOSED`. */
  protected last(): T | typeof CLOSED {
    return CLOSED;
  }

  /** Gives back what it holds besides its inlets, at its end. */
  protected release(): void {}

  /** Makes `inlet` one that this waits on. */
  protected listen<I extends Inlet>(inlet: I): I {
    this.#taps.push(new Tap(this as Flow<unknown>, inlet));
    return inlet;
  }

  /** `inlet` has ended. */
  protected unlisten(inlet: Inlet): void {
    const at = this.#taps.findIndex((tap) => tap.inlet === inlet);
    const [tap] = at < 0 ? [] : this.#taps.splice(at, 1);
    if (tap?.parked) inlet.unpark(tap);
  }

  /** Its context is done. */
  protected get done(): boolean {
    return this.#ctx?.err() !== undefined;
  }

  #advance(): T | NO | typeof CLOSED {
    if (this.#left !== null) {
      const { value } = this.#left;
      this.#left = null;
      return value;
    }
    if (this.ended) {
      if (this.#failure !== null) throw this.#failure.error;
      return CLOSED;
    }
    return this.done ? this.last() : this.poll();
  }

  override take(): T | NO | typeof CLOSED {
    let value: T | NO | typeof CLOSED;
    try {
      value = this.#advance();
    } catch (error) {
      this.failed(error);
      throw error;
    }
    if (value === CLOSED) this.stop();
    else if (value !== NO) this.received(value, false);
    return value;
  }

  arrived(inlet: Inlet, value: unknown): void {
    if (inlet !== this.#done) this.keep(inlet, value);
    this.serve();
  }

  /** A source, or what works for this stream, has failed. */
  failed(error: unknown): void {
    this.#end({ error });
  }

  /** Gives those who are parked what can be had. Completing one may come back to here. */
  protected serve(): void {
    while (this.queue.first !== null) {
      let value: T | NO | typeof CLOSED;
      try {
        value = this.#advance();
      } catch (error) {
        this.failed(error);
        return;
      }
      if (value === NO) break;
      if (value === CLOSED) {
        this.stop();
        return;
      }
      const w = this.queue.shift();
      if (this.queue.first === null) this.unwatched();
      if (w === null) {
        // Another thread was faster with whoever waited.
        this.#left = { value };
        return;
      }
      this.received(value, true);
      w.complete(value, true);
    }
    if (this.queue.first !== null) this.watched();
  }

  protected override watched(): void {
    for (const tap of [...this.#taps]) {
      if (tap.parked) continue;
      if (this.ended) return; // The one before had come at once.
      tap.parked = true;
      tap.inlet.park(tap);
    }
  }

  protected override unwatched(): void {
    this.#unpark();
  }

  #unpark(): void {
    for (const tap of this.#taps) {
      if (!tap.parked) continue;
      tap.parked = false;
      tap.inlet.unpark(tap);
    }
  }

  stop(): void {
    this.#end(null);
  }

  #end(failure: { readonly error: unknown } | null): void {
    if (this.ended) return;
    this.ended = true;
    this.#failure = failure;
    this.#unpark();
    this.release();
    for (let w = this.queue.shift(); w !== null; w = this.queue.shift()) {
      if (failure === null) w.complete(undefined, false);
      else w.fail(failure.error);
    }
    for (const { inlet } of this.#taps.splice(0)) if (inlet !== this.#done) inlet.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  override [Symbol.asyncIterator](): Values<T> {
    const receives = iterate<T>(this);
    return {
      next: () => receives.next(),
      return: async () => {
        this.stop();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

/** Refuses what is no context. */
export function checkContext(where: string, ctx: Context | undefined): Context | undefined {
  if (ctx === undefined || typeof (ctx as Partial<Context> | null)?.done === "function") return ctx;
  throw unexpected(`${where}: ctx`, "a context", ctx);
}
