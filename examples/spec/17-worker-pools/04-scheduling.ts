/**
 * What is a Worker Pool? › 5. Deep Dive: How Go runtime handles this
 *
 * What the runtime does with three workers: runnable once started, parked on the empty queue, parked in their sleep while
 * they work. Nobody is busy waiting.
 */
import { chan, type Go, go, main, type RecvChan, range, runtime } from "millrace";
import * as time from "millrace/time";

function* worker(_id: number, jobs: RecvChan<number>): Go {
  for (const job = range(jobs); yield* job.next(); ) yield* time.sleep(time.Second);
}

function show(when: string): void {
  const workers = runtime.goroutines().filter(({ name }) => name === "worker");
  console.log(`${when}: ${workers.map(({ state, reason }) => reason ?? state).join(", ")}`);
}

main(function* () {
  const jobs = chan<number>();
  for (let w = 1; w <= 3; w++) {
    go(worker, w, jobs);
  }
  show("started");
  yield* time.sleep(time.Millisecond);
  show("no jobs yet");
  for (let job = 1; job <= 2; job++) yield* jobs.send(job);
  yield* time.sleep(time.Millisecond);
  show("two jobs");
});
