/** Streams to be read, to and from channels: the web's `ReadableStream` and Node's `Readable`. */

import type { Readable } from "node:stream";
import type { Received, RecvChan } from "../chan/types.ts";
import { callback, checkOptions, unexpected } from "../runtime/args.ts";
import { ArgumentError } from "../runtime/panic.ts";
import { checkSource, type Source, type SourceOptions } from "./feed.ts";
import { type Puller, pulled } from "./iterable.ts";
import { nodeStream } from "./node.ts";
import { StandIn } from "./stand-in.ts";

/** A Node stream as far as it is needed here: `Readable`, `Duplex`, `IncomingMessage`, `process.stdin`. */
export interface NodeReadable<T = unknown> extends AsyncIterable<T> {
  /**
   * Takes what the stream has read ahead; `null` when that is nothing.
   *
   * @param size how much, in bytes or, in object mode, in objects; all there is by default
   */
  read(size?: number): unknown;
  /**
   * Gives the stream up.
   *
   * @param error why
   */
  destroy(error?: Error): unknown;
  /**
   * Adds a listener for the stream's end.
   *
   * @param event "error" when it fails, "close" when it is over
   * @param listener called then
   */
  on(event: "error" | "close", listener: () => void): unknown;
  /**
   * Removes a listener.
   *
   * @param event "error" or "close"
   * @param listener the one that was added
   */
  off(event: "error" | "close", listener: () => void): unknown;
}

/**
 * A channel of the chunks of a stream, the web's or Node's.
 *
 * It has the stream from now on. Back-pressure reaches it: a chunk is read only when somebody receives or there is room.
 * The channel is closed when the stream ends; when it fails, receivers get the chunks before that and then the error,
 * thrown at every receive. Leaving a `for await` over it, `stop()`, `using`, the end of `ctx` and the end of the run cancel
 * or destroy the stream.
 *
 * @param stream a `ReadableStream` that nobody reads yet, or a Node stream
 * @param options `capacity`, how many chunks to read ahead (0); `ctx`, a context to end it
 * @throws ArgumentError when `stream` is neither or is locked, or an option is none of these; Panic NIL_CONTEXT when `ctx`
 *   is null
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
  const where = "fromReadable";
  checkSource(where, options);
  const given = stream as Partial<ReadableStream<T> & NodeReadable<T>> | null | undefined;
  if (typeof given?.getReader === "function") {
    if (given.locked) throw new ArgumentError(`${where}: expected a ReadableStream that nobody reads, got one locked`);
    return pulled(where, options, webPuller(stream as ReadableStream<T>));
  }
  if (typeof given?.read === "function" && typeof given[Symbol.asyncIterator] === "function") {
    return pulled(where, options, nodePuller(stream as NodeReadable<T>));
  }
  throw unexpected(where, "a ReadableStream or a Node stream", stream);
}

function webPuller<T>(stream: ReadableStream<T>): Puller<T> {
  const reader = stream.getReader();
  return {
    async next() {
      let more = false;
      try {
        const result = await reader.read();
        more = !result.done;
        return result as IteratorResult<T>;
      } finally {
        if (!more) reader.releaseLock();
      }
    },
    cancel(reason) {
      const cancelled = reader.cancel(reason);
      reader.releaseLock();
      return cancelled;
    },
  };
}

function nodePuller<T>(stream: NodeReadable<T>): Puller<T> {
  const iterator = stream[Symbol.asyncIterator]();
  // It may fail before anybody receives, which must not end the process: the iterator will say so.
  const ignore = (): void => {};
  const closed = (): void => {
    stream.off("error", ignore);
    stream.off("close", closed);
  };
  stream.on("error", ignore);
  stream.on("close", closed);
  return {
    next: () => iterator.next(),
    cancel() {
      stream.destroy(); // ends a `next` that waits; `return` alone would wait for that
      return iterator.return?.();
    },
  };
}

/** Options of `toReadable` and `toNodeReadable`. */
export interface ReadableOptions {
  /** Called when the reader of the stream gives up, with its reason: the place to stop whoever sends. */
  readonly onCancel?: ((reason: unknown) => void) | undefined;
}

/**
 * A web stream of the values of a channel.
 *
 * A value is received only when the stream is read; a read that is given up leaves it in the channel. The stream ends when
 * the channel is closed and drained, and fails with what a receive throws, or when the channel's run ends.
 *
 * @param ch the channel; nobody else should receive from it
 * @param options `onCancel`, called when the reader cancels; a `Source` is stopped without that
 * @throws ArgumentError when `ch` is no channel, or `onCancel` no function
 *
 * @example
 * ```ts
 * import { chan } from "millrace";
 * import { toReadable } from "millrace/interop";
 * const ch = chan<string>(2);
 * ch.trySend("a");
 * ch.close();
 * console.log((await toReadable(ch).getReader().read()).value); // a
 * ```
 */
export function toReadable<T>(ch: RecvChan<T, unknown>, options: ReadableOptions = {}): ReadableStream<T> {
  checkReading("toReadable", ch, options);
  const standIn = new StandIn();
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const [value, ok] = await standIn.perform(ch.recvOk());
        if (standIn.stopped) return;
        if (ok) controller.enqueue(value);
        else controller.close();
      },
      cancel(reason) {
        standIn.stop(reason);
        giveUp(ch, reason, options);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * A Node stream of the values of a channel, in object mode.
 *
 * Like `toReadable`: a value is received only when the stream is read, the stream ends with the channel, and is destroyed
 * with what a receive throws, or when the channel's run ends. A `null` can't be put through a Node stream and destroys it
 * with an error.
 *
 * @param ch the channel; nobody else should receive from it
 * @param options `onCancel`, called when the stream is destroyed before its end; a `Source` is stopped without that
 * @throws ArgumentError when `ch` is no channel, or `onCancel` no function, or there is no Node here
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
  checkReading("toNodeReadable", ch, options);
  const standIn = new StandIn();
  let ended = false;
  const received = ([value, ok]: Received<T, unknown>): void => {
    if (standIn.stopped) return;
    if (ok && value === null) {
      stream.destroy(new ArgumentError("toNodeReadable: a Node stream can't carry null"));
      return;
    }
    ended = !ok;
    stream.push(ok ? value : null);
  };
  const failed = (error: unknown): void => {
    ended = true;
    stream.destroy(error instanceof Error ? error : new Error(String(error), { cause: error }));
  };
  const stream: Readable = new (nodeStream("toNodeReadable").Readable)({
    objectMode: true,
    highWaterMark: 0,
    read() {
      standIn.perform(ch.recvOk()).then(received, failed);
    },
    destroy(error, done) {
      standIn.stop(error);
      if (!ended) giveUp(ch, error, options);
      done(error);
    },
  });
  return stream;
}

/** The reader has left. */
function giveUp(ch: RecvChan<unknown, unknown>, reason: unknown, { onCancel }: ReadableOptions): void {
  const { stop } = ch as { stop?: unknown };
  if (typeof stop === "function") stop.call(ch);
  onCancel?.(reason);
}

function checkReading(where: string, ch: unknown, options: ReadableOptions): void {
  checkChannel(where, ch);
  checkOptions(where, options, "onCancel");
  const { onCancel } = options;
  callback(`${where}: onCancel`, onCancel);
}

export function checkChannel(where: string, ch: unknown): void {
  if (typeof (ch as Partial<RecvChan<unknown>> | null | undefined)?.recvOk === "function") return;
  throw unexpected(where, "a channel", ch);
}
