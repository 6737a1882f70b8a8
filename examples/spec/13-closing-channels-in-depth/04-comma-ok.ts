/**
 * Why Do We Need to Close Channels? › Behavior of a Closed Channel › 3. Checking if channel is closed
 *
 * `ok` tells a zero value that was sent from the one of a closed channel.
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>(1, { zero: 0 });
  yield* ch.send(0);
  ch.close();

  for (let i = 0; i < 2; i++) {
    const [v, ok] = yield* ch.recvOk();
    if (!ok) {
      console.log("Channel closed");
    } else {
      console.log("received", v);
    }
  }
});
