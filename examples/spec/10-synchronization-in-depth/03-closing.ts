/**
 * What is Synchronization? › 4. Synchronization via Closing a Channel
 *
 * `close` says that no more data comes, and `range` ends there.
 */
import { chan, go, main, range } from "millrace";

main(function* () {
  const ch = chan<number>();

  go(function* () {
    for (let i = 1; i <= 3; i++) {
      yield* ch.send(i);
    }
    ch.close(); // signal: no more data
  });

  // range until channel closes
  for (const r = range(ch); yield* r.next(); ) {
    console.log("Received:", r.value);
  }
  console.log("All done");
});
