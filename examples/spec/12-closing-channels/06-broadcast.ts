/**
 * Closing Channels in Go › 8. Closing an Unbuffered Channel
 *
 * One close reaches every receiver: a broadcast. A send would reach only one.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const stop = chan<void>();

  for (let i = 1; i <= 3; i++) {
    go(function* () {
      yield* stop.recv(); // wait for signal
      console.log("Worker stopped");
    });
  }

  yield* time.sleep(time.Millisecond); // they all wait
  stop.close(); // broadcast stop
  yield* time.sleep(time.Millisecond); // let them print
});
