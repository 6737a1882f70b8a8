/**
 * What is a Ticker? › 4. Example — Auto-triggered task
 *
 * A job that runs every second for five seconds. At the fifth, tick and end are due at once, so whether there is a fifth
 * tick is open.
 */
import { chan, type Go, go, main, select } from "millrace";
import * as time from "millrace/time";

main(function* (): Go {
  using ticker = new time.Ticker(time.Second);

  const done = chan<boolean>();

  go(function* () {
    yield* time.sleep(5 * time.Second);
    yield* done.send(true);
  });

  for (;;) {
    const s = yield* select({ tick: ticker.c.recv(), done: done.recv() });
    switch (s.case) {
      case "tick":
        console.log("Tick at", s.value?.toISOString());
        break;
      case "done":
        console.log("✅ Stopping ticker...");
        return;
    }
  }
});
