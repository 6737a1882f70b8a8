/**
 * What is Channel Synchronization? › Real-world Patterns › 5. Rate limiting (token buckets using buffered channels)
 *
 * The bucket holds three tokens and gets a new one every 200 ms: a burst of three requests goes at once, the others as
 * tokens come.
 */
import { chan, go, main, range } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const tokens = chan<void>(3);
  while (tokens.trySend()); // a full bucket

  using ticker = new time.Ticker(200 * time.Millisecond);
  go(function* () {
    for (const r = range(ticker.c); yield* r.next(); ) tokens.trySend(); // a full bucket overflows
  });

  const start = time.now();
  for (let request = 1; request <= 6; request++) {
    yield* tokens.recv();
    console.log("request", request, "at", Math.round(time.since(start)), "ms");
  }
});
