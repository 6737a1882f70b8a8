/**
 * What is a Worker Pool? › 2. Why use a Worker Pool?
 *
 * A goroutine for each job: ten thousand jobs, ten thousand goroutines, and all their work at the same time.
 */
import { type Go, go, main, runtime } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

main(function* () {
  const jobs = Array.from({ length: 10_000 }, (_, id) => id);
  const wg = new WaitGroup();
  let active = 0;
  let most = 0;

  function* doWork(_job: number): Go {
    most = Math.max(most, ++active);
    yield* time.sleep(time.Second);
    active--;
    wg.done();
  }

  wg.add(jobs.length);
  for (const job of jobs) {
    go(doWork, job);
  }
  console.log("goroutines:", runtime.numGoroutine());
  yield* wg.wait();
  console.log("at work at once:", most);
});
