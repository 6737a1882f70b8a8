/**
 * What are Channels in Go? › Sending and Receiving on Channels
 *
 * Both operations block until the other side is ready, so the two sides are two goroutines.
 */
import { chan, go, main } from "millrace";

main(function* () {
  const ch = chan<number>();

  go(function* () {
    yield* ch.send(10); // send value 10 into channel
  });

  const value = yield* ch.recv(); // receive value from channel
  console.log(value);
});
