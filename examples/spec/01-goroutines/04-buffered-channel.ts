/**
 * What is a Goroutine? › Synchronization with Goroutines › 3. Buffered Channels – Queue of Messages
 *
 * A send into a buffered channel does not block until the buffer is full, so one goroutine can play both parts.
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>(2); // capacity = 2
  yield* ch.send(10);
  yield* ch.send(20);
  console.log(yield* ch.recv());
  console.log(yield* ch.recv());
});
