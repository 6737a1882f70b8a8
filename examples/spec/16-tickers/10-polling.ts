/**
 * What is a Ticker? › 8. Real-world use cases › 3. Polling APIs or database checks
 *
 * Every thirty seconds the source is asked for its data; only what changed is printed.
 */
import { type Go, go, main, range } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const start = time.now();

  // A source that changes by itself now and then, and takes two seconds to answer.
  let version = 1;
  go(function* () {
    for (const pause of [50, 70]) {
      yield* time.sleep(pause * time.Second);
      version++;
    }
  });
  function* fetchLatestData(): Go<number> {
    yield* time.sleep(2 * time.Second);
    return version;
  }

  let known = 0;
  let polls = 0;
  using ticker = new time.Ticker(30 * time.Second);
  for (const tick = range(ticker.c); yield* tick.next(); ) {
    const latest = yield* fetchLatestData();
    if (latest !== known) console.log(`${time.since(start) / time.Second}s: version ${latest}`);
    known = latest;
    if (++polls === 6) break;
  }
  console.log("polls:", polls);
});
