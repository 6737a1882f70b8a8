/**
 * Receiving with `for await`.
 *
 * Rejected: an async generator. It awaits what it yields, so a channel of promises would give what they resolve to, a
 * channel of operations would perform them, and a rejected promise that is carried as a value would end the loop.
 */
import type { Op } from "../runtime/types.ts";
import type { Received, Values } from "./types.ts";

interface Source<out T> {
  recvOk(): Op<Received<T, unknown>>;
}

/** The values of `ch` until it is closed and drained. Leaving the loop early leaves the channel as it is. */
export function iterate<T>(ch: Source<T>): Values<T> {
  return {
    async next() {
      const [value, ok] = await ch.recvOk();
      return ok ? { done: false, value } : { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
