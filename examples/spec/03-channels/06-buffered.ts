/**
 * What are Channels in Go? › Buffered vs Unbuffered Channels › 2. Buffered Channels
 *
 * Three sends go through without a receiver; the fourth would block. `trySend` sends only if that needs no waiting.
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>(3); // capacity = 3
  yield* ch.send(1);
  yield* ch.send(2);
  yield* ch.send(3);
  console.log("4th sent:", ch.trySend(4)); // sending a 4th value would block until receiver consumes one

  console.log("received:", yield* ch.recv());
  console.log("4th sent:", ch.trySend(4));
});
