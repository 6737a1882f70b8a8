/**
 * What is Synchronization? › 3. Synchronization with Buffered Channels
 *
 * Two sends are fine; a third would block until someone reads, which the select with `default` shows.
 */
import { chan, main, select } from "millrace";

main(function* () {
  const ch = chan<number>(2);
  yield* ch.send(1); // does not block
  yield* ch.send(2); // still fine

  const s = yield* select({ sent: ch.send(3), default: true });
  console.log(s.case === "sent" ? "sent 3" : "ch <- 3 would block until someone reads");
});
