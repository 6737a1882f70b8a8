/**
 * Channels in Go: Under the Hood › 3. Buffered Channels
 *
 * A send puts its value into the buffer, a receive takes one out; only a full or an empty buffer parks anyone.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";
import { Hchan } from "../hchan.ts";

main(function* () {
  using h = new Hchan("ch");
  const ch = chan<number>(2, { name: "ch" });

  go(function* sender() {
    for (let i = 1; i <= 4; i++) {
      yield* ch.send(i);
      console.log(`sent ${i}:    `, String(h));
    }
  });
  yield* time.sleep(time.Millisecond); // two sends fit, the third parks
  console.log("full:      ", String(h));

  for (let i = 1; i <= 4; i++) {
    yield* ch.recv();
    console.log(`received ${i}:`, String(h));
    yield* time.sleep(time.Millisecond);
  }
});
