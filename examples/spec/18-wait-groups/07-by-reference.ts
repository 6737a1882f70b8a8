/**
 * What Is a WaitGroup? › Common Mistakes › 3. Always pass a pointer
 *
 * Passing the group is passing the pointer: the worker counts down the same one that main waits for.
 */
import { go, main } from "millrace";
import { WaitGroup } from "millrace/sync";

function worker(wg: WaitGroup): void {
  console.log("worker counts down");
  wg.done();
}

main(function* () {
  const wg = new WaitGroup();
  wg.add(1);
  go(worker, wg);
  yield* wg.wait();
  console.log("main goes on");
});
