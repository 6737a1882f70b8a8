/**
 * What are Channels in Go? › Example: Simple Goroutine Communication
 *
 * Main waits on the receive until the worker sends "done": the channel synchronizes the two.
 */
import { type Chan, chan, type Go, go, main } from "millrace";
import * as time from "millrace/time";

function* worker(ch: Chan<string>): Go {
  yield* time.sleep(2 * time.Second);
  yield* ch.send("done"); // send message
}

main(function* () {
  const ch = chan<string>();
  go(worker, ch);

  console.log("Waiting for worker...");
  const msg = yield* ch.recv(); // blocks until worker sends data
  console.log("Worker says:", msg);
});
