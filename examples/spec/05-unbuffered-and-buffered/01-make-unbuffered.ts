/**
 * Unbuffered vs Buffered › Unbuffered Channels
 *
 * No buffer size specified: the channel holds nothing, so a send that may not wait is refused.
 */
import { chan, main } from "millrace";

main(() => {
  const ch = chan<number>(); // no buffer size specified
  console.log("cap:", ch.capacity, "sent without a receiver:", ch.trySend(1));
});
