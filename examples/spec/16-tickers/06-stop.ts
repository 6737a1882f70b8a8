/**
 * What is a Ticker? › 6. Important: Always Stop the Ticker!
 *
 * `using` stops it at the end of its block. A stopped ticker gives no more ticks; its channel is not closed.
 */
import { main, type RecvChan, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  let c: RecvChan<time.Time>;
  {
    using ticker = new time.Ticker(time.Second); // Go's `defer ticker.Stop()`
    c = ticker.c;
    yield* c.recv();
    console.log("tick");
  }

  const s = yield* select({ tick: c.recv(), silence: time.after(time.Minute).recv() });
  console.log(s.case);
});
