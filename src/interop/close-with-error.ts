/** Closing a channel with an error. */

import { Hchan } from "../chan/hchan.ts";
import type { SendChan } from "../chan/types.ts";
import { unexpected } from "../runtime/args.ts";

/**
 * Closes a channel because something went wrong: receivers get what was sent before, then `error`, thrown at every
 * receive. Go's channels have no such thing; its pipes do.
 *
 * Never blocks. Senders that wait panic, as with `close`.
 * Source: https://pkg.go.dev/io#PipeWriter.CloseWithError
 *
 * @param ch the channel, which this closes
 * @param error what receives throw; `undefined` closes as `close` does
 * @throws Panic CLOSE_OF_CLOSED; ArgumentError when `ch` is no channel made by `chan`
 *
 * @example
 * ```ts
 * import { chan } from "millrace";
 * import { closeWithError } from "millrace/interop";
 * const ch = chan<number>(1);
 * ch.trySend(1);
 * closeWithError(ch, new Error("disk full"));
 * console.log(await ch.recv()); // 1
 * await ch.recv().then(undefined, (e) => console.log(`${e}`)); // Error: disk full
 * ```
 */
export function closeWithError<T>(ch: SendChan<T>, error: unknown): void {
  if (ch instanceof Hchan) ch.closeWith(error === undefined ? null : { error });
  else if (error === undefined && typeof (ch as Partial<SendChan<T>> | null)?.close === "function") ch.close();
  else throw unexpected("closeWithError", "a channel made by chan", ch);
}
