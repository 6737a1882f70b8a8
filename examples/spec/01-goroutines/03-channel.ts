/**
 * What is a Goroutine? › Synchronization with Goroutines › 2. Channels – Communication Between Goroutines
 *
 * Instead of sharing memory and locking it, the worker passes a message.
 */
import { type Chan, chan, type Go, go, main } from "millrace";

function* worker(ch: Chan<string>): Go {
  yield* ch.send("task finished"); // send data into channel
}

main(function* () {
  const ch = chan<string>();

  go(worker, ch);

  const msg = yield* ch.recv(); // receive data
  console.log("Message:", msg);
});
