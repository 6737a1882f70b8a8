/**
 * Why Do We Need to Close Channels? › Behavior of a Closed Channel › 2. Receiving from a closed channel
 *
 * Once drained, receives do not block and give the zero value, as often as they are asked.
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>(2, { zero: 0 });
  yield* ch.send(10);
  yield* ch.send(20);
  ch.close();

  console.log(yield* ch.recv()); // 10
  console.log(yield* ch.recv()); // 20
  console.log(yield* ch.recv()); // 0 (the zero value, since closed and empty)
  console.log(yield* ch.recv()); // 0 again
});
