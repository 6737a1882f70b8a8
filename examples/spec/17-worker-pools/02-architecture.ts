/**
 * What is a Worker Pool? › 3. The Core Architecture
 *
 * Job queue → a fixed number of workers → results channel. The same ten thousand jobs, by five workers: never more than
 * five are at work.
 */
import { chan, type Go, go, main, type RecvChan, range, runtime, type SendChan } from "millrace";
import * as time from "millrace/time";

const numWorkers = 5;

main(function* () {
  const jobs = chan<number>(100);
  const results = chan<number>();
  let active = 0;
  let most = 0;

  function* worker(jobs: RecvChan<number>, results: SendChan<number>): Go {
    for (const job = range(jobs); yield* job.next(); ) {
      most = Math.max(most, ++active);
      yield* time.sleep(time.Millisecond); // process
      active--;
      yield* results.send(job.value * 2);
    }
  }
  for (let w = 0; w < numWorkers; w++) go(worker, jobs, results);

  go(function* () {
    for (let id = 0; id < 10_000; id++) yield* jobs.send(id);
    jobs.close();
  });

  let sum = 0;
  for (let i = 0; i < 10_000; i++) sum += (yield* results.recv()) ?? 0;
  console.log("sum of the results:", sum);
  console.log("at work at once:", most);
  console.log("goroutines never more than:", numWorkers + 2, runtime.numGoroutine() <= numWorkers + 2);
});
