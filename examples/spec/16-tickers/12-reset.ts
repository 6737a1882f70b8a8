/**
 * What is a Ticker? › 9. Resetting a Ticker
 *
 * `reset` changes the interval without a new ticker, here to twice as long after each tick.
 */
import { main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const start = time.now();
  using ticker = new time.Ticker(1 * time.Second);

  for (let newDuration = 2 * time.Second; newDuration <= 16 * time.Second; newDuration *= 2) {
    yield* ticker.c.recv();
    console.log(`tick at ${time.since(start) / time.Second}s`);
    ticker.reset(newDuration);
  }
});
