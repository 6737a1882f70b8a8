/** Streams to be written to that send into a channel: the web's `WritableStream` and Node's `Writable`. */
import type { Writable } from "node:stream";
import type { SendChan } from "../chan/types.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import { closeWithError } from "./close-with-error.ts";
import { nodeStream } from "./node.ts";

/**
 * A web stream that sends what is written to it into a channel.
 *
 * A write is done when the value was sent, so the channel's receivers hold the writer back. Closing the stream closes the
 * channel; aborting it closes the channel with the reason, which receivers get thrown after what was sent before.
 *
 * @param ch the channel; the stream is its only sender
 *
 * @example
 * ```ts
 * import { chan } from "millrace";
 * import { toWritable } from "millrace/interop";
 * const ch = chan<string>(1);
 * const writer = toWritable(ch).getWriter();
 * await writer.write("a");
 * await writer.close();
 * console.log(ch.tryRecv(), ch.tryRecv()); // [ 'a', true ] [ undefined, false ]
 * ```
 */
export function toWritable<T>(ch: SendChan<T>): WritableStream<T> {
  checkSend("toWritable", ch);
  return new WritableStream<T>({
    async write(value) {
      await ch.send(value);
    },
    close() {
      ch.close();
    },
    abort(reason) {
      closeWithError(ch, reason);
    },
  });
}

/**
 * A Node stream, in object mode, that sends what is written to it into a channel.
 *
 * Like `toWritable`: `end()` closes the channel, destroying the stream closes it with the error.
 *
 * @param ch the channel; the stream is its only sender
 * @throws ArgumentError where there is no Node
 *
 * @example
 * ```ts
 * import { Readable } from "node:stream";
 * import { chan } from "millrace";
 * import { toNodeWritable } from "millrace/interop";
 * const ch = chan<string>();
 * Readable.from(["a", "b"]).pipe(toNodeWritable(ch));
 * for await (const v of ch) console.log(v); // a, then b
 * ```
 */
export function toNodeWritable<T>(ch: SendChan<T>): Writable {
  checkSend("toNodeWritable", ch);
  let closed = false;
  return new (nodeStream("toNodeWritable").Writable)({
    objectMode: true,
    highWaterMark: 1,
    write(value: T, _encoding, done) {
      ch.send(value).then(
        () => done(),
        (error) => done(error as Error),
      );
    },
    final(done) {
      closed = true;
      ch.close();
      done();
    },
    destroy(error, done) {
      if (!closed) closeWithError(ch, error ?? new Error("the stream was destroyed before its end"));
      done(error);
    },
  });
}

function checkSend(where: string, ch: unknown): void {
  if (typeof (ch as Partial<SendChan<unknown>> | null | undefined)?.send === "function") return;
  throw new ArgumentError(`${where}: expected a channel, got ${show(ch)}`);
}
