/**
 * Buffered channels in Go › Example — behavior & output
 *
 * The third send blocks until the first receive frees a slot.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch = chan<number>(2); // capacity 2

  go(function* () {
    yield* ch.send(1); // does NOT block
    console.log("sent 1");
    yield* ch.send(2); // does NOT block
    console.log("sent 2");
    yield* ch.send(3); // blocks until receiver consumes one
    console.log("sent 3");
  });

  yield* time.sleep(100 * time.Millisecond); // let sender run

  console.log("recv:", yield* ch.recv()); // receives 1; this will unblock sender for 3
  console.log("recv:", yield* ch.recv()); // receives 2
  console.log("recv:", yield* ch.recv()); // receives 3

  yield* time.sleep(100 * time.Millisecond); // let sender finish
});
