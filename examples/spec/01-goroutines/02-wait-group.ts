/**
 * What is a Goroutine? › Synchronization with Goroutines › 1. WaitGroup – Wait for Goroutines to Finish
 *
 * Main waits until every worker has called `done`, so the program does not end before they do.
 */
import { defer, go, main } from "millrace";
import { WaitGroup } from "millrace/sync";

function worker(id: number, wg: WaitGroup): void {
  using _ = defer(() => wg.done()); // signals completion
  console.log(`Worker ${id} starting`);
  // simulate work
  console.log(`Worker ${id} done`);
}

main(function* () {
  const wg = new WaitGroup();

  for (let i = 1; i <= 3; i++) {
    wg.add(1); // add to wait counter
    go(worker, i, wg);
  }

  yield* wg.wait(); // wait for all to finish
});
