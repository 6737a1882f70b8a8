/** Streams to be written to that send into a channel: the web's `WritableStream` and Node's `Writable`. */

import type { Writable } from "node:stream";
import type { SendChan } from "../chan/types.ts";
import { unexpected } from "../runtime/args.ts";
import { Panic } from "../runtime/panic.ts";
import { closeWithError } from "./close-with-error.ts";
import { nodeStream } from "./node.ts";
import { StandIn } from "./stand-in.ts";

/**
 * A web stream that sends what is written to it into a channel.
 *
 * A write is done when the value was sent, so the channel's receivers hold the writer back. Closing the stream closes the
 * channel. Aborting it takes back a write that waits and closes the channel with the reason, which receivers get thrown
 * after what was sent before. The stream fails when a send panics, or the channel's run ends.
 *
 * @param ch the channel; the stream is its only sender
 * @throws ArgumentError when `ch` is no channel
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
  const standIn = new StandIn();
  return new WritableStream<T>({
    start(controller) {
      // The stream itself waits with `abort` until the write that is under way is done.
      const { signal } = controller as { signal?: AbortSignal };
      signal?.addEventListener("abort", () => standIn.stop(signal.reason));
    },
    write: (value) => standIn.perform(ch.send(value)),
    close() {
      ch.close();
    },
    abort(reason) {
      closeWithError(ch, reason ?? new Error("the stream was aborted"));
    },
  });
}

/**
 * A Node stream, in object mode, that sends what is written to it into a channel.
 *
 * Like `toWritable`: `end()` closes the channel, destroying the stream closes it with the error.
 *
 * @param ch the channel; the stream is its only sender
 * @throws ArgumentError when `ch` is no channel, or there is no Node here
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
  const standIn = new StandIn();
  let closed = false;
  return new (nodeStream("toNodeWritable").Writable)({
    objectMode: true,
    highWaterMark: 1,
    write(value: T, _encoding, done) {
      standIn.perform(ch.send(value)).then(
        () => done(),
        (error: unknown) => {
          closed ||= error instanceof Panic;
          done(error as Error);
        },
      );
    },
    final(done) {
      closed = true;
      ch.close();
      done();
    },
    destroy(error, done) {
      const reason = error ?? new Error("the stream was destroyed before its end");
      standIn.stop(reason);
      if (!closed) closeWithError(ch, reason);
      done(error);
    },
  });
}

function checkSend(where: string, ch: unknown): void {
  if (typeof (ch as Partial<SendChan<unknown>> | null | undefined)?.send === "function") return;
  throw unexpected(where, "a channel", ch);
}
