/**
 * Timers in Go — deep dive › 3) Basic examples › Repeated ticks with Ticker
 */
import { chan, type Go, go, main, type RecvChan, select } from "millrace";
import * as time from "millrace/time";

function* ticks(quit: RecvChan<void>): Go {
  using ticker = new time.Ticker(time.Second);

  for (;;) {
    const s = yield* select({ tick: ticker.c.recv(), quit: quit.recv() });
    switch (s.case) {
      case "tick":
        console.log("tick");
        break;
      case "quit":
        return;
    }
  }
}

main(function* () {
  const quit = chan<void>();
  go(function* () {
    yield* time.sleep(3500 * time.Millisecond);
    quit.close();
  });
  yield* ticks(quit);
});
