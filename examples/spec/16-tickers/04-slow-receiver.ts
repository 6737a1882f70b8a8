/**
 * What is a Ticker? › 5. Under the Hood (CS-level)
 *
 * Ticks come from the heap of timers. A receiver that takes two and a half seconds for each misses those in between, and
 * the ticker keeps its rhythm: what comes next is due at a whole second.
 */
import { main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const start = time.now();
  const d = time.Second;
  using ticker = new time.Ticker(d);

  for (let i = 1; i <= 4; i++) {
    const tick = yield* ticker.c.recv();
    const due = (tick as time.Time).sub(start) / time.Second;
    console.log(`received at ${time.since(start) / time.Second}s the tick that was due at ${due}s`);
    yield* time.sleep(2.5 * time.Second);
  }
});
