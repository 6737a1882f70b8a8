/**
 * What is a Worker Pool? › 9. Common Mistakes › Not closing the jobs channel
 *
 * The workers wait for a job that never comes, and main waits for the workers.
 */
import { chan, type Go, main, range } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const jobs = chan<number>(0, { name: "jobs" });
  const wg = new WaitGroup();

  function* worker(): Go {
    for (const job = range(jobs); yield* job.next(); ) console.log("job", job.value);
  }
  for (let w = 0; w < 2; w++) wg.go(worker);

  for (let job = 1; job <= 3; job++) yield* jobs.send(job);
  yield* wg.wait(); // ❌ jobs.close() is missing
});
