/**
 * Buffered channels in Go › High-level send/receive rules (precise) › When receiving
 *
 * Queued items: dequeue. Waiting sender (only where there is no buffer to take from): direct transfer. Neither: park.
 */
import { chan, go, listen, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const stop = listen((event) => {
    if (event.kind === "chan-recv") console.log(event.direct ? "direct transfer of" : "dequeued", event.value);
    if (event.kind === "go-park" && event.reason === "chan receive") console.log("parked");
  });

  const buffered = chan<number>(1);
  yield* buffered.send(1);
  yield* buffered.recv();

  const unbuffered = chan<number>();
  const sender = go(() => unbuffered.send(2));
  yield* time.sleep(time.Millisecond); // it waits in sendq
  yield* unbuffered.recv();
  yield* sender.join();

  const receiver = go(() => buffered.recv());
  yield* time.sleep(time.Millisecond);

  stop();
  yield* buffered.send(3);
  yield* receiver.join();
});
