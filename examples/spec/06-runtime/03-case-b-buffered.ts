/**
 * The Go Runtime Model › 3. How Goroutines & Channels Interact › Case B: Buffered channel
 *
 * All the ways a send and a receive can go on a channel of capacity 2: directly to a waiting receiver, through the
 * buffer, and parked when it is full.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";
import { timeline } from "../timeline.ts";

main(function* () {
  using _ = timeline();
  const ch = chan<number>(2);

  console.log("a receiver waits:");
  const receiver = go(() => ch.recv());
  yield* time.sleep(time.Millisecond);
  yield* ch.send(1);
  yield* receiver.join();

  console.log("the buffer has space:");
  yield* ch.send(2);
  yield* ch.send(3);

  console.log("the buffer is full:");
  const sender = go(() => ch.send(4));
  yield* time.sleep(time.Millisecond);

  console.log("the buffer has values:");
  for (let i = 0; i < 3; i++) yield* ch.recv();
  yield* sender.join();
});
