/** Channels from iterables and from what can be read piece by piece. The other way needs nothing: a channel is an async iterable. */
import { ArgumentError, show } from "../runtime/panic.ts";
import { Feed, type Source, type SourceOptions } from "./feed.ts";

/** What values are pulled from, one at a time. */
export interface Puller<T> {
  next(): PromiseLike<IteratorResult<T, unknown>> | IteratorResult<T, unknown>;
  /** Lets go of what is behind it. */
  cancel(): void;
}

/** A channel that pulls one value after the other, as far as somebody receives or there is room. */
export function pulled<T>(name: string, options: SourceOptions, open: () => Puller<T>): Feed<T> {
  let puller: Puller<T> | null = null;
  let pulling = false;
  const pull = async (): Promise<void> => {
    if (pulling) return;
    pulling = true;
    try {
      puller ??= open();
      while (feed.wanted) {
        const result = await puller.next();
        if (result.done === true) feed.end();
        else feed.offer(result.value);
      }
    } catch (error) {
      feed.fail(error);
    } finally {
      pulling = false;
    }
  };
  const feed = new Feed<T>(
    name,
    options,
    () => void pull(),
    () => puller?.cancel(),
  );
  return feed;
}

/**
 * A channel of the values of an iterable or async iterable.
 *
 * Nothing is read before somebody receives, nor more than `capacity` values ahead. The channel is closed when the
 * iterable ends; when it throws, receivers get the values before that and then the error, thrown at every receive. Leaving
 * a `for await` over it, `stop()`, `using`, the end of `ctx` and the end of the run return the iterator.
 *
 * @param source an iterable or async iterable
 * @param options `capacity`, how many values to read ahead (0); `ctx`, a context to end it
 * @throws ArgumentError when `source` is neither
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
  type Start = () => AsyncIterator<T> | Iterator<T>;
  const given = source as { [Symbol.asyncIterator]?: Start; [Symbol.iterator]?: Start } | null | undefined;
  const start = given?.[Symbol.asyncIterator] ?? given?.[Symbol.iterator];
  if (typeof start !== "function") {
    throw new ArgumentError(`fromIterable: expected an iterable or async iterable, got ${show(source)}`);
  }
  return pulled("fromIterable", options, () => {
    const iterator = start.call(source);
    return { next: () => iterator.next(), cancel: () => quietly(iterator.return?.()) };
  });
}

/** Lets go without waiting: what goes wrong then concerns nobody any more. */
export function quietly(ending: unknown): void {
  Promise.resolve(ending).catch(() => {});
}
