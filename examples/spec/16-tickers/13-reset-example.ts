/**
 * What is a Ticker? › 9. Resetting a Ticker › Example
 *
 * Two seconds, then, from the fifth second on, one. What was due before the reset is gone.
 */
import { main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const start = time.now();
  using ticker = new time.Ticker(2 * time.Second);
  yield* time.sleep(5 * time.Second);
  ticker.reset(1 * time.Second); // now ticks every 1s

  for (let i = 0; i < 3; i++) {
    yield* ticker.c.recv();
    console.log(`tick at ${time.since(start) / time.Second}s`);
  }
});
