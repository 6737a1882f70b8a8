/** Streams to be read, to and from channels: the web's `ReadableStream` and Node's `Readable`. */
import type { Readable } from "node:stream";
import type { RecvChan } from "../chan/types.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import type { Source, SourceOptions } from "./feed.ts";
import { pulled, quietly } from "./iterable.ts";
import { nodeStream } from "./node.ts";

/** A Node stream as far as it is needed here: `Readable`, `Duplex`, `IncomingMessage`, `process.stdin`. */
export interface NodeReadable<T = unknown> extends AsyncIterable<T> {
  read(size?: number): unknown;
  destroy(error?: Error): unknown;
}

/**
 * A channel of the chunks of a stream, the web's or Node's.
 *
 * Back-pressure reaches the stream: a chunk is read only when somebody receives or there is room. The channel is closed
 * when the stream ends; when it fails, receivers get the chunks before that and then the error, thrown at every receive.
 * Leaving a `for await` over it, `stop()`, `using`, the end of `ctx` and the end of the run cancel or destroy the stream.
 *
 * @param stream a `ReadableStream` that nobody reads yet, or a Node stream
 * @param options `capacity`, how many chunks to read ahead (0); `ctx`, a context to end it
 * @throws ArgumentError when `stream` is neither
 *
 * @example
 * ```ts
 * import { range, run } from "millrace";
 * import { fromReadable } from "millrace/interop";
 * const body = new Response("hello").body!.pipeThrough(new TextDecoderStream());
 * await run(function* () {
 *   for (const r = range(fromReadable(body)); yield* r.next(); ) console.log(r.value); // hello
 * });
 * ```
 */
export function fromReadable<T = unknown>(
  stream: ReadableStream<T> | NodeReadable<T>,
  options: SourceOptions = {},
): Source<T> {
  const given = stream as Partial<ReadableStream<T> & NodeReadable<T>> | null | undefined;
  if (typeof given?.getReader === "function") {
    const web = stream as ReadableStream<T>;
    return pulled("fromReadable", options, () => {
      const reader = web.getReader();
      return { next: () => reader.read() as Promise<IteratorResult<T>>, cancel: () => quietly(reader.cancel()) };
    });
  }
  if (typeof given?.read === "function" && typeof given[Symbol.asyncIterator] === "function") {
    const node = stream as NodeReadable<T>;
    return pulled("fromReadable", options, () => {
      const iterator = node[Symbol.asyncIterator]();
      return { next: () => iterator.next(), cancel: () => void node.destroy() };
    });
  }
  throw new ArgumentError(`fromReadable: expected a ReadableStream or a Node stream, got ${show(stream)}`);
}

/** Options of `toReadable` and `toNodeReadable`. */
export interface ReadableOptions {
  /** Called when the reader of the stream gives up, with its reason: the place to stop whoever sends. */
  readonly onCancel?: (reason: unknown) => void;
}

/**
 * A web stream of the values of a channel.
 *
 * A value is received only when the stream is read. The stream ends when the channel is closed and drained, and fails
 * with what a receive throws.
 *
 * @param ch the channel; nobody else should receive from it
 * @param options `onCancel`, called when the reader cancels; a `Source` is stopped without that
 *
 * @example
 * ```ts
 * import { chan } from "millrace";
 * import { toReadable } from "millrace/interop";
 * const ch = chan<string>(2);
 * ch.trySend("a");
 * ch.close();
 * console.log(await toReadable(ch).getReader().read()); // { value: 'a', done: false }
 * ```
 */
export function toReadable<T>(ch: RecvChan<T, unknown>, options: ReadableOptions = {}): ReadableStream<T> {
  checkChannel("toReadable", ch);
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const [value, ok] = await ch.recvOk();
        if (ok) controller.enqueue(value);
        else controller.close();
      },
      cancel(reason) {
        giveUp(ch, reason, options);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * A Node stream of the values of a channel, in object mode.
 *
 * Like `toReadable`: values are received as they are read, the stream ends with the channel and is destroyed with what a
 * receive throws. A `null` can't be put through a Node stream and destroys it with an error.
 *
 * @param ch the channel; nobody else should receive from it
 * @param options `onCancel`, called when the stream is destroyed before its end; a `Source` is stopped without that
 * @throws ArgumentError where there is no Node
 *
 * @example
 * ```ts
 * import { chan } from "millrace";
 * import { toNodeReadable } from "millrace/interop";
 * const ch = chan<string>(2);
 * ch.trySend("a");
 * ch.close();
 * console.log(await toNodeReadable(ch).toArray()); // [ 'a' ]
 * ```
 */
export function toNodeReadable<T>(ch: RecvChan<T, unknown>, options: ReadableOptions = {}): Readable {
  checkChannel("toNodeReadable", ch);
  let ended = false;
  const stream: Readable = new (nodeStream("toNodeReadable").Readable)({
    objectMode: true,
    highWaterMark: 1,
    read() {
      receive().catch((error: unknown) => {
        ended = true;
        stream.destroy(error instanceof Error ? error : new Error(String(error), { cause: error }));
      });
    },
    destroy(error, done) {
      if (!ended) giveUp(ch, error, options);
      done(error);
    },
  });
  const receive = async (): Promise<void> => {
    const [value, ok] = await ch.recvOk();
    if (ok && value === null) throw new ArgumentError("toNodeReadable: a Node stream can't carry null");
    ended = !ok;
    stream.push(ok ? value : null);
  };
  return stream;
}

/** The reader has left. */
function giveUp(ch: RecvChan<unknown, unknown>, reason: unknown, { onCancel }: ReadableOptions): void {
  onCancel?.(reason);
  const { stop } = ch as { stop?: unknown };
  if (typeof stop === "function") stop.call(ch);
}

export function checkChannel(where: string, ch: unknown): void {
  if (typeof (ch as Partial<RecvChan<unknown>> | null | undefined)?.recvOk === "function") return;
  throw new ArgumentError(`${where}: expected a channel, got ${show(ch)}`);
}
