/**
 * What are Channels in Go? › Buffered vs Unbuffered Channels › 1. Unbuffered Channels (default)
 *
 * No capacity: the send blocks until the receiver is ready, a second later.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch = chan<number>(); // unbuffered
  const sent = chan<void>();

  go(function* () {
    console.log("sending");
    yield* ch.send(1);
    console.log("sent");
    sent.close();
  });

  yield* time.sleep(time.Second);
  console.log("receiving");
  console.log("received", yield* ch.recv());
  yield* sent.recv();
});
