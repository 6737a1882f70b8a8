/**
 * Closing Channels in Go › 10. Common Mistakes › Sending to a closed channel
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>();
  ch.close();
  yield* ch.send(1);
});
