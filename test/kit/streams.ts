/** What the tests of patterns add to those of sync. */
import { type Chan, chan, go, type Op, type RecvChan, range } from "millrace";
import { background, type Context, withCancel } from "millrace/context";
import type { Stream } from "millrace/patterns";
import type { Hchan } from "../../src/chan/hchan.ts";
import type { Kit } from "./both.ts";
import type { Script } from "./styles.ts";

/** All values until the channel closes. */
export function* drain<T>(t: Kit, ch: RecvChan<T>): Script<T[]> {
  const values: T[] = [];
  for (const r = range(ch); yield* t.on(r.next()); ) values.push(r.value);
  return values;
}

/** What performing an operation throws. */
export function* failure(t: Kit, op: Op<unknown>): Script<unknown> {
  try {
    yield* t.on(op);
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/** A channel with these values in it, closed behind them unless it is to stay open. */
export function filled<T>(values: readonly T[], open = false): Chan<T> {
  const ch = chan<T>(values.length);
  for (const value of values) ch.trySend(value);
  if (!open) ch.close();
  return ch;
}

/** How many wait to receive from a channel. */
export function receivers(ch: RecvChan<unknown>): number {
  return [...(ch as unknown as Hchan).recvq].length;
}

/** An endless iterable that counts what was read of it and knows whether it was returned. */
export class Endless implements IterableIterator<number> {
  read = 0;
  returned = 0;

  next(): IteratorResult<number> {
    return { done: false, value: this.read++ };
  }

  return(): IteratorResult<number> {
    this.returned++;
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** The same, but async. */
export class AsyncEndless implements AsyncIterableIterator<number> {
  read = 0;
  returned = 0;

  async next(): Promise<IteratorResult<number>> {
    return { done: false, value: this.read++ };
  }

  async return(): Promise<IteratorResult<number>> {
    this.returned++;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

export type Made = { readonly out: Stream<unknown>; readonly ctx: Context; readonly cancel: () => void };

export function withStream(make: (ctx: Context) => Stream<unknown>): Made {
  const [ctx, cancel] = withCancel(background());
  return { out: make(ctx), ctx, cancel };
}

export { go };
