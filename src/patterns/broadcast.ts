/**
 * One source for several readers, each value for all of them.
 *
 * Invariants: a value is read when an outlet wants it, and given out when every outlet has room for it; so none is ever
 * more than its buffer behind, and a value is kept only for those that have yet to take it. While an outlet waits and the
 * hub holds no value, the hub is parked on the source. A value that an outlet waits for does not go through its buffer.
 *
 * The hub reads and holds one value although an outlet is full, as a loop in Go that receives and then sends to each
 * reader does: only a read can tell that the source has ended, and a reader that has had everything must hear of that
 * while another's buffer is still full.
 */

import { CLOSED } from "../chan/closed.ts";
import { checkOptions, whole } from "../runtime/args.ts";
import { Deque } from "../runtime/deque.ts";
import { NO } from "../runtime/op.ts";
import { type Proxies, Waiter } from "../runtime/waiter.ts";
import { checkOutlets } from "./distribute.ts";
import { Merge } from "./merge.ts";
import { Inlet, inletOf, type Source } from "./source.ts";
import type { Stream, StreamOptions } from "./stream.ts";

/** Options of `broadcast`. */
export interface BroadcastOptions extends StreamOptions {
  /** How many values a reader may be behind the fastest: a whole number from 1 up. 1 by default. */
  readonly buffer?: number | undefined;
}

/** One reader's side of the hub. */
class Outlet<T> extends Inlet<T> {
  readonly buffer: Deque<T> = new Deque();
  waiter: Waiter | null = null;
  readonly #hub: Hub<T>;

  constructor(hub: Hub<T>) {
    super();
    this.#hub = hub;
  }

  override take(): T | NO | typeof CLOSED {
    if (this.buffer.length === 0) return this.#hub.pull(this);
    const value = this.buffer.shift();
    this.#hub.advance();
    return value;
  }

  override park(w: Waiter): void {
    this.waiter = w;
    this.#hub.advance();
  }

  override unpark(): void {
    this.waiter = null;
    this.#hub.advance();
  }

  protected override end(): void {
    this.#hub.leave(this);
  }
}

/** What the outlets share, and its place in the queue of the source. */
class Hub<T> extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly outlets = new Set<Outlet<T>>();
  readonly #inlet: Inlet<T>;
  readonly #room: number;
  #parked = false;
  /** A value that was read while an outlet had no room. */
  #held: { readonly value: T } | null = null;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(inlet: Inlet<T>, room: number) {
    super();
    this.#inlet = inlet;
    this.#room = room;
  }

  /** For an outlet that has nothing: reads a value for all. */
  pull(outlet: Outlet<T>): T | NO | typeof CLOSED {
    if (this.#ended) return this.#last();
    const value = this.#next();
    if (value === CLOSED) return this.#last();
    if (value !== NO) this.#give(value, outlet);
    return value;
  }

  #last(): typeof CLOSED {
    if (this.#failure !== null) throw this.#failure.error;
    return CLOSED;
  }

  /** Reads for those who wait, as far as that goes, and waits with them, or no longer. */
  advance(): void {
    while (this.#wanted()) {
      const value = this.#next();
      if (value === CLOSED) return;
      if (value === NO) {
        if (this.#held === null && !this.#parked) {
          this.#parked = true;
          this.#inlet.park(this);
        }
        return;
      }
      this.#give(value, null);
    }
    this.#unpark();
  }

  /** The next value for all, if all have room for it; one for which they have not is held. */
  #next(): T | NO | typeof CLOSED {
    if (this.#held === null) {
      const value = this.#read();
      if (value === CLOSED || value === NO) return value;
      this.#held = { value };
    }
    if (!this.#free()) return NO;
    const { value } = this.#held;
    this.#held = null;
    return value;
  }

  #wanted(): boolean {
    if (!this.#ended) for (const { waiter } of this.outlets) if (waiter !== null) return true;
    return false;
  }

  #free(): boolean {
    for (const { buffer } of this.outlets) if (buffer.length >= this.#room) return false;
    return true;
  }

  #read(): T | NO | typeof CLOSED {
    try {
      const value = this.#inlet.take();
      if (value === CLOSED) this.#end(null);
      return value;
    } catch (error) {
      this.#end({ error });
      return CLOSED;
    }
  }

  #end(failure: { readonly error: unknown } | null): void {
    this.#ended = true;
    this.#failure = failure;
    this.#unpark();
    for (const outlet of [...this.outlets]) {
      const w = outlet.waiter;
      if (w === null) continue;
      outlet.waiter = null;
      if (failure === null) w.complete(undefined, false);
      else w.fail(failure.error);
    }
  }

  /** Gives a value to all outlets but one. */
  #give(value: T, except: Outlet<T> | null): void {
    const waiters: Waiter[] = [];
    for (const outlet of this.outlets) {
      if (outlet === except) continue;
      if (outlet.waiter === null) outlet.buffer.push(value);
      else {
        waiters.push(outlet.waiter);
        outlet.waiter = null;
      }
    }
    for (const w of waiters) w.complete(value, true);
  }

  #unpark(): void {
    if (!this.#parked) return;
    this.#parked = false;
    this.#inlet.unpark(this);
  }

  leave(outlet: Outlet<T>): void {
    this.outlets.delete(outlet);
    this.advance();
    if (this.outlets.size > 0 || this.#ended) return;
    this.#ended = true;
    this.#inlet.stop();
  }

  override complete(value: unknown, ok: boolean): void {
    this.#parked = false;
    if (ok) {
      this.#held = { value: value as T };
      this.advance();
    } else this.#end(null);
  }

  override fail(error: unknown): void {
    this.#parked = false;
    this.#end({ error });
  }
}

/**
 * Gives each value of a source to all of `n` channels.
 *
 * The channels close when the source has ended or the context is done. The slowest sets the pace: the next value is given
 * when one wants it and none is more than the buffer behind, and one value is read ahead of that; stopping a channel takes it out of the count, and stopping the
 * last one stops the source. What the source throws is thrown to all.
 *
 * @param source a channel, an iterable or an async iterable
 * @param n how many channels: a whole number from 1 up
 * @param options `buffer`: how many values a reader may be behind the fastest; `ctx`: stops the streams
 * @throws ArgumentError when they are not these
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { broadcast } from "millrace/patterns";
 * await run(function* () {
 *   const [log, store] = broadcast(["a", "b"], 2);
 *   console.log(yield* log!.recv(), yield* store!.recv()); // a a
 *   console.log(yield* store!.recv(), yield* log!.recv()); // b b
 * });
 * ```
 */
export function broadcast<T>(source: Source<T>, n: number, options: BroadcastOptions = {}): Stream<T>[] {
  checkOptions("broadcast", options, "buffer, ctx");
  const { buffer = 1 } = options;
  whole("broadcast: buffer", buffer, 1);
  const hub = new Hub(inletOf<T>("broadcast", source), buffer);
  return Array.from({ length: checkOutlets("broadcast", n) }, () => {
    const outlet = new Outlet(hub);
    hub.outlets.add(outlet);
    return new Merge("broadcast", [outlet], options);
  });
}
