/**
 * What is a Worker Pool? › 8. Scaling Up — Real World Pattern
 *
 * For work that mostly waits, more workers than cores: twice as many here, and all of them wait at the same time.
 */
import { chan, type Go, main, range, runtime } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

main(function* () {
  const numWorkers = runtime.numCPU() * 2;

  const jobs = chan<number>();
  const wg = new WaitGroup();
  let waiting = 0;
  let most = 0;

  function* worker(): Go {
    for (const job = range(jobs); yield* job.next(); ) {
      most = Math.max(most, ++waiting);
      yield* time.sleep(100 * time.Millisecond); // input and output
      waiting--;
    }
  }
  for (let w = 0; w < numWorkers; w++) wg.go(worker);

  for (let job = 0; job < numWorkers * 10; job++) yield* jobs.send(job);
  jobs.close();
  yield* wg.wait();
  console.log("jobs at once for each core:", most / runtime.numCPU());
});
