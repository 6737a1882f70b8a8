/**
 * Why Do We Need to Close Channels? › Behavior of a Closed Channel › 1. Sending to a closed channel → panic
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>();
  ch.close();
  yield* ch.send(1); // ❌ panic: send on closed channel
});
