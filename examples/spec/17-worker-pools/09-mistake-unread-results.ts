/**
 * What is a Worker Pool? › 9. Common Mistakes › Forgetting to stop reading results
 *
 * Main waits for the workers before it reads the results; the workers wait for somebody to read them.
 */
import { chan, type Go, main, range } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const jobs = chan<number>(3, { name: "jobs" });
  const results = chan<number>(0, { name: "results" });
  const wg = new WaitGroup();

  function* worker(): Go {
    for (const job = range(jobs); yield* job.next(); ) yield* results.send(job.value * 2);
  }
  for (let w = 0; w < 2; w++) wg.go(worker);

  for (let job = 1; job <= 3; job++) yield* jobs.send(job);
  jobs.close();
  yield* wg.wait(); // ❌ nobody reads results
  for (let i = 0; i < 3; i++) console.log(yield* results.recv());
});
