/**
 * What is a Worker Pool? › 4. Minimal Example
 *
 * Three workers, ten jobs of a second: at most three run at a time, so four seconds.
 */
import { chan, type Go, go, main, type RecvChan, range, type SendChan } from "millrace";
import * as time from "millrace/time";

// Simulated job type
interface Job {
  id: number;
}

// Simulated result type
interface Result {
  jobId: number;
  outcome: string;
}

// Worker function — each goroutine runs this
function* worker(id: number, jobs: RecvChan<Job>, results: SendChan<Result>): Go {
  for (const r = range(jobs); yield* r.next(); ) {
    // continuously read jobs
    const job = r.value;
    console.log(`👷 Worker ${id} started job ${job.id}`);
    yield* time.sleep(time.Second); // simulate heavy work
    yield* results.send({ jobId: job.id, outcome: `Job ${job.id} done by worker ${id}` });
    console.log(`✅ Worker ${id} finished job ${job.id}`);
  }
}

main(function* () {
  const numJobs = 10;
  const numWorkers = 3;

  const jobs = chan<Job>(numJobs);
  const results = chan<Result>(numJobs);

  // 1️⃣ Start workers
  for (let w = 1; w <= numWorkers; w++) {
    go(worker, w, jobs, results);
  }

  // 2️⃣ Send jobs to the jobs channel
  for (let j = 1; j <= numJobs; j++) {
    yield* jobs.send({ id: j });
  }
  jobs.close(); // no more jobs

  // 3️⃣ Receive all results
  for (let a = 1; a <= numJobs; a++) {
    const res = yield* results.recv();
    console.log(res?.outcome);
  }

  console.log("🎯 All jobs completed!");
});
