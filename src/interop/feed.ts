/**
 * A channel that is fed by the platform: by a stream, an iterable, events. The platform's side calls `offer`, `end` and
 * `fail`; ours is a receive-only channel.
 *
 * Invariants: values come out in the order they were offered, each once; while a receiver is parked, none waits here.
 * `more` is called when somebody finds nothing here, and when there is room after a receive, never before: a feed that
 * nobody reads reads nothing. An error comes after the values that were offered before it, and is thrown at every receive
 * from then on: a receiver can't take a broken source for an ended one. `release` is called at most once, and not when the
 * source has ended or failed by itself.
 *
 * Rejected: a plain channel with a goroutine that sends. A stream left unread would keep that goroutine parked, which is
 * a leak in every report, and the goroutine has no way to see that a `for await` was left.
 */

import { CLOSED } from "../chan/closed.ts";
import { RecvOnly } from "../chan/recv-only.ts";
import type { RecvChan, Values } from "../chan/types.ts";
import { cause } from "../context/cancel.ts";
import { follow } from "../context/follow.ts";
import { nodeOf } from "../context/parent.ts";
import type { Context } from "../context/types.ts";
import { checkOptions, whole } from "../runtime/args.ts";
import { Deque } from "../runtime/deque.ts";
import { NO } from "../runtime/op.ts";
import { current } from "../runtime/proc.ts";
import { whenOver } from "../runtime/run-end.ts";
import { claim } from "../runtime/waiter.ts";

/** A channel that something outside fills, with a way to let go of that. */
export interface Source<out T> extends RecvChan<T>, Disposable {
  /**
   * Lets go of the source: cancels the stream, returns the iterator, removes the listener. Receivers find the channel
   * closed; what was read ahead is dropped. Never blocks. Does nothing when called again.
   */
  stop(): void;
}

/** Options of what makes a `Source`. */
export interface SourceOptions {
  /** How many values are read ahead of the receivers: a whole number, 0 by default. */
  readonly capacity?: number | undefined;
  /** Stops the source when it ends, as `stop` does: the channel closes, and `ctx.err()` tells that from the source's end. */
  readonly ctx?: Context | undefined;
}

interface Failure {
  readonly error: unknown;
}

/** Refuses bad options, before anything is done that would have to be undone. */
export function checkSource(name: string, options: SourceOptions): void {
  checkOptions(name, options, "capacity, ctx");
  const { capacity = 0, ctx } = options;
  whole(`${name}: capacity`, capacity, 0);
  if (ctx !== undefined) nodeOf(name, ctx);
}

export class Feed<out T> extends RecvOnly<T> implements Source<T> {
  readonly outside = true;
  readonly #capacity: number;
  readonly #more: (needed: boolean) => void;
  readonly #release: (reason: unknown) => void;
  readonly #values: Deque<unknown> = new Deque();
  #ended = false;
  #failure: Failure | null = null;
  #unfollow: () => void = () => {};
  #forget: () => void = () => {};

  /**
   * @param options checked by `checkOptions`
   * @param more asks the platform's side for a value: one that is needed now, or one that there is room for; it may be
   *   called when one is on its way already
   * @param release lets go of the platform's side; it must not throw, and may be called from in here
   */
  constructor(
    name: string,
    options: SourceOptions,
    more: (needed: boolean) => void,
    release: (reason: unknown) => void,
  ) {
    super(current(), name);
    const { capacity = 0, ctx } = options;
    this.#capacity = capacity;
    this.#more = more;
    this.#release = release;
    const unfollow = follow(name, ctx, () => this.#letGo(cause(ctx as Context)));
    if (this.#ended) return;
    this.#unfollow = unfollow;
    this.#forget = whenOver(this.p, () => this.stop());
  }

  override get length(): number {
    return this.#values.length;
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
    for (let w = this.queue.first; w !== null; w = this.queue.first) {
      this.remove(w);
      if (!claim(w)) continue;
      this.received(value, true);
      w.complete(value, true);
      return;
    }
    this.#values.push(value);
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
    this.#letGo(undefined);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  override take(): unknown {
    if (this.length === 0 && !this.#ended) this.#more(true);
    if (this.length > 0) {
      const value = this.drop();
      this.received(value, false);
      if (this.wanted) this.#more(false);
      return value;
    }
    if (!this.#ended) return NO;
    if (this.#failure !== null) throw this.#failure.error;
    return CLOSED;
  }

  /** Takes out the oldest value that waits. */
  drop(): unknown {
    return this.#values.shift();
  }

  protected override watched(): void {
    this.#more(true);
  }

  protected override unwatched(): void {}

  /** Leaving a `for await` early lets go of the source: nobody else would. */
  override [Symbol.asyncIterator](): Values<T> {
    const values = super[Symbol.asyncIterator]();
    return Object.assign(values, {
      return: async (): Promise<IteratorReturnResult<undefined>> => {
        this.stop();
        return { done: true, value: undefined };
      },
    });
  }

  #letGo(reason: unknown): void {
    this.#values.clear();
    if (this.#ended) return;
    this.#close(null);
    this.#release(reason);
  }

  #close(failure: Failure | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#unfollow();
    this.#forget();
    for (let w = this.queue.first; w !== null; w = this.queue.first) {
      this.remove(w);
      if (failure === null) w.complete(undefined, false);
      else w.fail(failure.error);
    }
  }
}
