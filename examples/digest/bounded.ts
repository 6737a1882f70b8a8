/** Bounded parallelism: many jobs, a fixed number of goroutines. */
import { chan, type Go, go, type RecvChan, range } from "millrace";
import { WaitGroup } from "millrace/sync";

/**
 * Turns jobs into results with `n` goroutines; results come as they get done. No more than `n` of them are queued: when
 * nobody receives, the workers stop, and so does whoever sends the jobs. To end it early, close `jobs` and receive what
 * still comes. `work` gives undefined for no result.
 */
export function bounded<J, R>(n: number, jobs: RecvChan<J>, work: (job: J) => Go<R | undefined>): RecvChan<R> {
  const results = chan<R>(n, { name: "results" });
  const workers = new WaitGroup();

  function* worker(): Go {
    for (const job = range(jobs); yield* job.next(); ) {
      const result = yield* work(job.value);
      if (result !== undefined) yield* results.send(result);
    }
  }
  for (let i = 0; i < n; i++) workers.go(worker);

  go(function* closer() {
    yield* workers.wait();
    results.close();
  });
  return results;
}
