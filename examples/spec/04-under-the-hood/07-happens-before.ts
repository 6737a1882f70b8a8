/**
 * Channels in Go: Under the Hood › 7. Memory Model Guarantees
 *
 * What was written before a send is seen after the receive of that value.
 */
import { chan, go, main } from "millrace";

main(function* () {
  const ready = chan<void>();
  let message = "";

  go(function* () {
    message = "written before the send";
    yield* ready.send();
  });

  yield* ready.recv();
  console.log(message);
});
