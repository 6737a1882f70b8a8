/** What tests of contexts look at. */
import type { RecvChan } from "millrace";

/** Whether a channel is closed: a receive gives the zero value at once. */
export function isClosed(ch: RecvChan<unknown>): boolean {
  const got = ch.tryRecv();
  return got !== undefined && !got[1];
}
