/**
 * What are Channels in Go? › Closing a Channel › Example
 *
 * `range` receives until the channel is closed and drained.
 */
import { chan, main, range } from "millrace";

main(function* () {
  const ch = chan<number>(2);
  yield* ch.send(10);
  yield* ch.send(20);
  ch.close();

  for (const r = range(ch); yield* r.next(); ) {
    console.log(r.value);
  }
});
