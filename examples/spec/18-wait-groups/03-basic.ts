/**
 * What Is a WaitGroup? › Example: Basic WaitGroup Usage
 *
 * Three workers of a second each, side by side: main goes on after one second.
 */
import { defer, type Go, go, main } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

function* worker(id: number, wg: WaitGroup): Go {
  using _ = defer(() => wg.done()); // decrement counter when done
  console.log(`Worker ${id} started`);
  yield* time.sleep(time.Second);
  console.log(`Worker ${id} finished`);
}

main(function* () {
  const wg = new WaitGroup();

  for (let i = 1; i <= 3; i++) {
    wg.add(1); // increment counter
    go(worker, i, wg);
  }

  yield* wg.wait(); // block until all goroutines finish
  console.log("All workers completed ✅");
});
