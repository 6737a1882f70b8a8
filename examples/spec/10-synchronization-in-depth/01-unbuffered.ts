/**
 * What is Synchronization? › 2. Synchronization with Unbuffered Channels
 *
 * A handshake: main exits only after the worker is done.
 */
import { type Chan, chan, type Go, go, main } from "millrace";
import * as time from "millrace/time";

function* worker(done: Chan<boolean>): Go {
  console.log("Working...");
  yield* time.sleep(2 * time.Second);
  console.log("Done work");

  // notify main
  yield* done.send(true);
}

main(function* () {
  const done = chan<boolean>();

  go(worker, done);

  // main waits for signal
  yield* done.recv();
  console.log("Main exits");
});
