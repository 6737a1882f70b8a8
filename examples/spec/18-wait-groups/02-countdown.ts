/**
 * What Is a WaitGroup? › How It Works Internally
 *
 *     Add(3) → Start 3 goroutines → Each calls Done() → When counter = 0 → Wait() unblocks
 */
import { go, main } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

main(function* () {
  const wg = new WaitGroup();

  console.log("Add(3)");
  wg.add(3);
  for (let i = 1; i <= 3; i++) {
    go(function* () {
      yield* time.sleep(i * time.Second);
      console.log(`Done(): ${3 - i} left`);
      wg.done();
    });
  }
  yield* wg.wait();
  console.log("Wait() unblocks");
});
