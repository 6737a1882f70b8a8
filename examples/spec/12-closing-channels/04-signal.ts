/**
 * Closing Channels in Go › 6. Closing in Synchronization
 *
 * A channel of nothing is just a signal: no values, just closure.
 */
import { chan, go, main } from "millrace";

main(function* () {
  const done = chan<void>();

  go(function* () {
    // do some work
    done.close(); // signal completion
  });

  yield* done.recv(); // wait until goroutine signals done
  console.log("Worker finished");
});
