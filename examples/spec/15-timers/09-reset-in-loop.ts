/**
 * Timers in Go — deep dive › 6) Timers + select + cancellation › Pattern in loops (resetting a timer)
 *
 * An idle timeout: each event starts the two seconds anew.
 */
import { chan, type Go, go, main, type RecvChan, select } from "millrace";
import * as time from "millrace/time";

function* untilIdle(events: RecvChan<string>, timeout: number): Go {
  using t = new time.Timer(timeout);

  for (;;) {
    const s = yield* select({ event: events.recv(), idle: t.c.recv() });
    switch (s.case) {
      case "event":
        console.log("event", s.value);
        // we got work; reset timer for next idle period
        if (!t.stop()) {
          yield* t.c.recv();
        }
        t.reset(timeout);
        break;
      case "idle":
        console.log("idle timeout");
        return;
    }
  }
}

main(function* () {
  const events = chan<string>();
  go(function* () {
    for (const pause of [1, 1.9, 1.5, 3]) {
      yield* time.sleep(pause * time.Second);
      yield* events.send(`after ${pause}s`);
    }
  });
  yield* untilIdle(events, 2 * time.Second);
});
