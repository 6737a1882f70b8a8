/**
 * What is Channel Synchronization? › Case 1: Synchronization with Unbuffered Channels
 *
 * Main blocks until the worker signals. No mutex and no condition variable is needed.
 */
import { type Chan, chan, type Go, go, main } from "millrace";
import * as time from "millrace/time";

function* worker(done: Chan<boolean>): Go {
  console.log("Worker: started");
  yield* time.sleep(2 * time.Second);
  console.log("Worker: finished");

  // notify main goroutine
  yield* done.send(true);
}

main(function* () {
  const done = chan<boolean>();

  go(worker, done);

  // wait for worker to finish
  yield* done.recv();
  console.log("Main: all done");
});
