/**
 * Timers in Go — deep dive › 3) Basic examples › Timeout using time.NewTimer
 *
 * Work that takes three seconds, and a timer of two.
 */
import { chan, go, main, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const done = chan<void>();
  go(function* () {
    yield* time.sleep(3 * time.Second);
    done.close();
  });

  using timer = new time.Timer(2 * time.Second); // stopped at the end, also if we return early

  const s = yield* select({ done: done.recv(), timeout: timer.c.recv() });
  switch (s.case) {
    case "done":
      console.log("work finished");
      break;
    case "timeout":
      console.log("timed out");
  }
});
