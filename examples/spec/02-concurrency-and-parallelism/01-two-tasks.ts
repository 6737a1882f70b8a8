/**
 * Concurrency vs parallelism › 4. Example with Go
 *
 * Two tasks make progress in the same three seconds: concurrency, whether or not there is a second core.
 */
import { type Go, go, main } from "millrace";
import * as time from "millrace/time";

function* task(name: string): Go {
  for (let i = 1; i <= 3; i++) {
    console.log(name, ":", i);
    yield* time.sleep(500 * time.Millisecond);
  }
}

main(function* () {
  go(task, "Task A"); // run concurrently
  go(task, "Task B");

  yield* time.sleep(3 * time.Second);
  console.log("Done");
});
