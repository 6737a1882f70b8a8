/**
 * What is a Worker Pool? › 9. Common Mistakes › Using unbuffered channels without coordination
 *
 * Main sends all jobs before it takes the first result. With buffers as large as the number of jobs that works; without,
 * the worker is stuck with its first result and main with its second job.
 */
import { chan, type Go, go, main, type RecvChan, range, type SendChan } from "millrace";

function* worker(jobs: RecvChan<number>, results: SendChan<number>): Go {
  for (const job = range(jobs); yield* job.next(); ) yield* results.send(job.value * 2);
}

main(function* () {
  const jobs = chan<number>(0, { name: "jobs" });
  const results = chan<number>(0, { name: "results" });
  go(worker, jobs, results);

  for (let job = 1; job <= 3; job++) {
    console.log("sending job", job);
    yield* jobs.send(job);
  }
  jobs.close();
  for (let i = 0; i < 3; i++) console.log(yield* results.recv());
});
