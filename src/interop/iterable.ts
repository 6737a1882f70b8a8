/**
 * Channels from iterables and from what can be read piece by piece. The other way needs nothing: a channel is an async
 * iterable.
 *
 * What answers at once is asked inside the receive, as long as somebody receives: there is nothing to read ahead, and a
 * receive is a preemption point, so one without end starves nobody. What answers later is asked for one value at a time,
 * by a loop that runs while somebody waits, or has left after asking, or there is room.
 */
import { unexpected } from "../runtime/args.ts";
import { m, YIELD_TO_HOST } from "../runtime/m.ts";
import { checkSource, Feed, type Source, type SourceOptions } from "./feed.ts";

/** What values are pulled from, one at a time. */
export interface Puller<T> {
  next(): PromiseLike<IteratorResult<T, unknown>>;
  /** Lets go of what is behind it. */
  cancel(reason: unknown): unknown;
}

/** A channel that pulls one value after the other, as far as somebody receives or there is room. */
export function pulled<T>(name: string, options: SourceOptions, puller: Puller<T>): Source<T> {
  /** Somebody found nothing here and may have left since: one value may be fetched for whoever comes next. */
  let asked = false;
  let pulling = false;
  const pull = async (): Promise<void> => {
    pulling = true;
    try {
      while (feed.wanted || (asked && !feed.ended)) {
        const result = await puller.next();
        asked = false;
        if (result.done === true) feed.end();
        else feed.offer(result.value);
        // Reading ahead is work like any other, and a puller that always has a value would keep the host waiting.
        if (--m.budget < 0 && m.spent() === YIELD_TO_HOST) await new Promise<void>((resolve) => m.afterHost(resolve));
      }
    } catch (error) {
      feed.fail(error);
    }
    pulling = false;
  };
  const feed = new Feed<T>(
    name,
    options,
    (needed) => {
      asked ||= needed;
      if (!pulling) void pull();
    },
    (reason) => quietly(() => puller.cancel(reason)),
  );
  return feed;
}

/** A channel that takes the next value of an iterator whenever somebody receives. */
function iterated<T>(name: string, options: SourceOptions, iterator: Iterator<T>): Source<T> {
  let running = false;
  const letGo = (): void => {
    if (!running) quietly(() => iterator.return?.());
  };
  const more = (needed: boolean): void => {
    if (running || !needed) return;
    running = true;
    try {
      const result = iterator.next();
      running = false;
      if (result.done === true) feed.end();
      else if (feed.ended)
        letGo(); // its own code has stopped the feed
      else feed.offer(result.value);
    } catch (error) {
      running = false;
      feed.fail(error);
    }
  };
  const feed = new Feed<T>(name, options, more, letGo);
  return feed;
}

/**
 * A channel of the values of an iterable or async iterable.
 *
 * Nothing is read before somebody receives. An iterable is asked at each receive; an async one for at most `capacity`
 * values ahead, and for one on behalf of a receiver that has left. The channel is closed when the iterable ends; when it
 * throws, receivers get the values before that and then the error, thrown at every receive. Leaving a `for await` over
 * it, `stop()`, `using`, the end of `ctx` and the end of the run return the iterator.
 *
 * @param source an iterable or async iterable
 * @param options `capacity`, how many values to read ahead (0); `ctx`, a context to end it
 * @throws ArgumentError when `source` is neither, or an option is none of these; Panic NIL_CONTEXT when `ctx` is null
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { fromIterable } from "millrace/interop";
 * async function* lines() { yield "a"; yield "b"; }
 * await run(function* () {
 *   using ch = fromIterable(lines());
 *   console.log(yield* ch.recv(), yield* ch.recv()); // a b
 * });
 * ```
 */
export function fromIterable<T>(source: AsyncIterable<T> | Iterable<T>, options: SourceOptions = {}): Source<T> {
  const where = "fromIterable";
  checkSource(where, options);
  const given = source as Partial<AsyncIterable<T> & Iterable<T>> | null | undefined;
  const later = given?.[Symbol.asyncIterator];
  if (typeof later === "function") {
    const iterator = later.call(source);
    return pulled(where, options, { next: () => iterator.next(), cancel: () => iterator.return?.() });
  }
  const now = given?.[Symbol.iterator];
  if (typeof now === "function") return iterated(where, options, now.call(source) as Iterator<T>);
  throw unexpected(where, "an iterable or async iterable", source);
}

/** Lets go without waiting: what goes wrong then concerns nobody any more. */
function quietly(letGo: () => unknown): void {
  (async () => letGo())().catch(() => {});
}
