/**
 * Closing Channels in Go › 10. Common Mistakes › Receivers closing a channel
 *
 * The receiver has what it wanted and closes the channel; the sender, which knows nothing of it, panics. A receiver can't
 * make this mistake when it is given only a `RecvChan`: that has no `close`.
 */
import { type Chan, chan, type Go, go, main } from "millrace";
import * as time from "millrace/time";

function* sender(ch: Chan<number>): Go {
  for (let i = 1; ; i++) yield* ch.send(i);
}

main(function* () {
  const ch = chan<number>();
  go(sender, ch);

  console.log("received", yield* ch.recv());
  ch.close(); // ❌ not its channel to close
  yield* time.sleep(time.Millisecond);
});
