/**
 * What is a Goroutine? › How to Start a Goroutine
 *
 * `go` starts a goroutine that runs concurrently with main. Both print five times, half a second apart.
 */
import { type Go, go, main } from "millrace";
import * as time from "millrace/time";

function* printMessage(msg: string): Go {
  for (let i = 0; i < 5; i++) {
    console.log(msg, i);
    yield* time.sleep(500 * time.Millisecond);
  }
}

main(function* () {
  go(printMessage, "goroutine"); // runs concurrently
  yield* printMessage("main"); // runs in the main goroutine
});
