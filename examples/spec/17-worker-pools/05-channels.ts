/**
 * What is a Worker Pool? › 6. Channels: The heart of the pool
 *
 * Back-pressure: the job queue has room for two, so the producer can't run ahead of a slow worker by more than that and
 * the one job that is on its way to it.
 */
import { chan, go, main, range } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const jobs = chan<number>(2);
  const results = chan<number>();
  let sent = 0;
  let taken = 0;
  let done = 0;
  let ahead = 0;

  go(function* worker() {
    for (const job = range(jobs); yield* job.next(); ) {
      taken++;
      yield* time.sleep(time.Second);
      yield* results.send(job.value);
    }
    results.close();
  });
  go(function* producer() {
    for (let job = 1; job <= 20; job++) {
      yield* jobs.send(job);
      ahead = Math.max(ahead, ++sent - taken);
    }
    jobs.close();
  });

  for (const result = range(results); yield* result.next(); ) done++;
  console.log("done:", done, "never more than 3 jobs ahead:", ahead <= 3);
});
