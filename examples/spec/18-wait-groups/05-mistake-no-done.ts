/**
 * What Is a WaitGroup? › Common Mistakes › 2. Forgetting Done()
 *
 * The goroutine has long ended, but nobody told the group: a deadlock.
 */
import { go, main } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const wg = new WaitGroup();
  wg.add(1);
  go(() => {
    console.log("work done");
    // ❌ wg.done() is missing
  });
  yield* wg.wait();
});
