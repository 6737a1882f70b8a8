/**
 * What are Channels in Go? › Real Example: Worker Pool with Channels
 *
 * Three workers share five jobs of a second each: two rounds, so two seconds.
 */
import { chan, type Go, go, main, type RecvChan, range, type SendChan } from "millrace";
import * as time from "millrace/time";

function* worker(id: number, jobs: RecvChan<number>, results: SendChan<number>): Go {
  for (const r = range(jobs); yield* r.next(); ) {
    const job = r.value;
    console.log(`Worker ${id} processing job ${job}`);
    yield* time.sleep(time.Second);
    yield* results.send(job * 2);
  }
}

main(function* () {
  const jobs = chan<number>(5);
  const results = chan<number>(5);

  // Start 3 workers
  for (let i = 1; i <= 3; i++) {
    go(worker, i, jobs, results);
  }

  // Send jobs
  for (let j = 1; j <= 5; j++) {
    yield* jobs.send(j);
  }
  jobs.close();

  // Collect results
  for (let r = 1; r <= 5; r++) {
    console.log("Result:", yield* results.recv());
  }
});
