/**
 * A channel that is fed by the platform: by a stream, an async iterable, events. The platform's side calls `offer`, `end`
 * and `fail`; ours is a receive-only channel.
 *
 * Invariants: values come out in the order they were offered, each once; at most `capacity` of them wait here, and one
 * more that was asked for by a receiver which has left meanwhile. `more` is called when there is room or a receiver, and
 * never before somebody has received: a feed that nobody reads reads nothing. An error comes after the values that were
 * offered before it, and is thrown at every receive from then on: a receiver can't take a broken source for an ended one.
 *
 * Rejected: a plain channel with a goroutine that sends. A stream left unread would keep that goroutine parked, which is
 * a leak in every report, and the goroutine has no way to see that a `for await` was left.
 */
import { CLOSED } from "../chan/closed.ts";
import { RecvOnly } from "../chan/recv-only.ts";
import type { RecvChan } from "../chan/types.ts";
import { afterFunc } from "../context/after-func.ts";
import { cause } from "../context/cancel.ts";
import type { Context } from "../context/types.ts";
import { NO } from "../runtime/op.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import { current, type P } from "../runtime/proc.ts";

/** A channel that something outside fills, with a way to let go of that. */
export interface Source<out T> extends RecvChan<T>, Disposable {
  /** Lets go of the source: cancels the stream, returns the iterator, removes the listener. Receivers find the channel closed. */
  stop(): void;
}

/** Options of what makes a `Source`. */
export interface SourceOptions {
  /** How many values are read ahead of the receivers: a whole number, 0 by default. */
  readonly capacity?: number;
  /** Lets go of the source when this context ends; receivers get its cause thrown. */
  readonly ctx?: Context;
}

export class Feed<out T> extends RecvOnly<T> implements Source<T> {
  readonly #capacity: number;
  readonly #more: () => void;
  readonly #release: () => void;
  #values: unknown[] = [];
  #head = 0;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #unfollow: (() => void) | null = null;

  /**
   * @param more asks the platform's side for a value; it may be called when one is on its way already
   * @param release lets go of the platform's side; called once, unless it ended by itself
   */
  constructor(name: string, options: SourceOptions, more: () => void, release: () => void) {
    super(current(), name);
    this.#capacity = checkCapacity(name, options.capacity ?? 0);
    this.#more = more;
    this.#release = release;
    feedsOf(this.p).add(this);
    const { ctx } = options;
    if (ctx !== undefined) this.#unfollow = afterFunc(ctx, () => this.#letGo({ error: cause(ctx) }));
  }

  override get length(): number {
    return this.#values.length - this.#head;
  }

  override get capacity(): number {
    return this.#capacity;
  }

  /** Whether a value that is offered now finds a receiver or room. */
  get wanted(): boolean {
    return !this.#ended && (this.queue.first !== null || this.length < this.#capacity);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** A value has come. */
  offer(value: unknown): void {
    if (this.#ended) return;
    const receiver = this.queue.first;
    if (receiver === null) this.#values.push(value);
    else {
      this.remove(receiver);
      receiver.complete(value, true);
      this.received(value, true);
    }
  }

  /** No more values will come. */
  end(): void {
    this.#close(null);
  }

  /** The source broke. */
  fail(error: unknown): void {
    this.#close({ error });
  }

  stop(): void {
    this.#letGo(null);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  override take(): unknown {
    if (this.length > 0) {
      const value = this.#values[this.#head];
      this.#values[this.#head++] = undefined;
      if (this.#head === this.#values.length) {
        this.#values = [];
        this.#head = 0;
      }
      this.received(value, false);
      if (this.wanted) this.#more();
      return value;
    }
    if (!this.#ended) {
      if (this.wanted) this.#more();
      return NO;
    }
    if (this.#failure !== null) throw this.#failure.error;
    return CLOSED;
  }

  protected override watched(): void {
    this.#more();
  }

  protected override unwatched(): void {}

  /** Leaving a `for await` early lets go of the source: nobody else would. */
  override [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    const values = super[Symbol.asyncIterator]();
    return Object.assign(values, {
      return: async (): Promise<IteratorReturnResult<undefined>> => {
        this.stop();
        return { done: true, value: undefined };
      },
    });
  }

  #letGo(failure: { readonly error: unknown } | null): void {
    if (this.#ended) return;
    this.#values = [];
    this.#head = 0;
    this.#close(failure);
    this.#release();
  }

  #close(failure: { readonly error: unknown } | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#unfollow?.();
    feedsOf(this.p).delete(this);
    for (let w = this.queue.first; w !== null; w = this.queue.first) {
      this.remove(w);
      if (failure === null) w.complete(undefined, false);
      else w.fail(failure.error);
    }
  }
}

function checkCapacity(name: string, capacity: unknown): number {
  if (typeof capacity === "number" && Number.isInteger(capacity) && capacity >= 0) return capacity;
  throw new ArgumentError(`${name}: capacity must be a whole number from 0 up, got ${show(capacity)}`);
}

/** The feeds of each run: it lets go of their sources when it ends. */
const feeds = new WeakMap<P, Set<Feed<unknown>>>();

function feedsOf(p: P): Set<Feed<unknown>> {
  let open = feeds.get(p);
  if (open === undefined) {
    const all = new Set<Feed<unknown>>();
    p.atEnd.push(() => {
      for (const feed of all) feed.stop();
    });
    feeds.set(p, all);
    open = all;
  }
  return open;
}
