/**
 * What is a Ticker? › 7. Using time.Tick() (shorthand, but risky)
 *
 * Only the channel, and nothing to stop it with. Here a ticker that nobody waits on does not run, so leaving the loop is
 * enough; in Go before 1.23 it ran for ever.
 */
import { main, range } from "millrace";
import * as time from "millrace/time";

main(function* () {
  let ticks = 0;
  for (const t = range(time.tick(time.Second)); yield* t.next(); ) {
    console.log("Tick at:", t.value.toISOString());
    if (++ticks === 2) break;
  }
});
