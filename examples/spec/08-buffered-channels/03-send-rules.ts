/**
 * Buffered channels in Go › High-level send/receive rules (precise) › When sending
 *
 * Waiting receiver: direct transfer. Free slot: enqueue. Neither: park.
 */
import { chan, go, listen, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const stop = listen((event) => {
    if (event.kind === "chan-send") console.log(event.direct ? "direct transfer of" : "enqueued", event.value);
    if (event.kind === "go-park" && event.reason === "chan send") console.log("parked");
  });
  const ch = chan<number>(1);

  const receiver = go(() => ch.recv());
  yield* time.sleep(time.Millisecond); // it waits in recvq
  yield* ch.send(1);
  yield* receiver.join();

  yield* ch.send(2);

  const sender = go(() => ch.send(3));
  yield* time.sleep(time.Millisecond);

  stop();
  yield* ch.recv();
  yield* sender.join();
});
