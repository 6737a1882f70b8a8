/**
 * What is a Ticker? › 8. Real-world use cases › 2. Periodic logging or metrics
 *
 * Every ten seconds the number of jobs that were done since the last time, while the jobs go on.
 */
import { type Go, go, main, range } from "millrace";
import * as time from "millrace/time";

main(function* () {
  let done = 0;
  go(function* jobs() {
    for (;;) {
      yield* time.sleep(700 * time.Millisecond);
      done++;
    }
  });

  function logSystemUsage(): void {
    console.log("jobs in the last 10 s:", done);
    done = 0;
  }

  function* log(reports: number): Go {
    using ticker = new time.Ticker(10 * time.Second);
    for (const tick = range(ticker.c); yield* tick.next(); ) {
      logSystemUsage();
      if (--reports === 0) return;
    }
  }
  yield* log(3);
});
