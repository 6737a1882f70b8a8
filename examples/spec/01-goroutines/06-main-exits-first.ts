/**
 * What is a Goroutine? › Key Gotchas with Goroutines › 1. Main goroutine exit kills all child goroutines
 *
 * When main returns, the program is over: the goroutine stops where it stands and never prints its second line.
 */
import { type Go, go, main } from "millrace";
import * as time from "millrace/time";

function* child(): Go {
  console.log("child: started");
  yield* time.sleep(time.Second);
  console.log("child: finished"); // never printed
}

main(function* () {
  go(child);
  yield* time.sleep(100 * time.Millisecond);
  console.log("main: done");
});
