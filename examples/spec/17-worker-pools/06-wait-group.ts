/**
 * What is a Worker Pool? › 7. Using sync.WaitGroup for graceful shutdown
 *
 * No results to count: the workers end when the channel is closed, and main waits for them.
 */
import { chan, defer, type Go, go, main, type RecvChan, range } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

function* worker(id: number, jobs: RecvChan<number>, wg: WaitGroup): Go {
  using _ = defer(() => wg.done());
  for (const r = range(jobs); yield* r.next(); ) {
    console.log(`Worker ${id} processing job ${r.value}`);
    yield* time.sleep(time.Second);
  }
}

main(function* () {
  const jobs = chan<number>(10);
  const wg = new WaitGroup();

  for (let w = 1; w <= 3; w++) {
    wg.add(1);
    go(worker, w, jobs, wg);
  }

  for (let j = 1; j <= 9; j++) {
    yield* jobs.send(j);
  }
  jobs.close();

  yield* wg.wait();
  console.log("All jobs done ✅");
});
