/**
 * Closing Channels in Go › 11. Real-World Use Cases › 2. Fan-out workers stop when channel is closed
 */
import { chan, type Go, main, range } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const jobs = chan<number>();
  const wg = new WaitGroup();
  let done = 0;

  function* worker(): Go {
    for (const r = range(jobs); yield* r.next(); ) done++;
    console.log("worker stops"); // the channel is closed
  }
  for (let i = 0; i < 3; i++) wg.go(worker);

  for (let job = 1; job <= 20; job++) yield* jobs.send(job);
  jobs.close();
  yield* wg.wait();
  console.log("jobs done:", done);
});
