/**
 * What is a Ticker? › 2. Basic Syntax
 *
 * A ticker sends the current time again and again. This loop leaves after three ticks; the ticker is stopped at the end
 * of the block.
 */
import { main, range } from "millrace";
import * as time from "millrace/time";

main(function* () {
  using ticker = new time.Ticker(1 * time.Second);
  let ticks = 0;

  for (const t = range(ticker.c); yield* t.next(); ) {
    console.log("Tick at:", t.value.toISOString());
    if (++ticks === 3) break;
  }
});
