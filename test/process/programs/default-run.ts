// Goroutines of the default run have no main that could be stuck: nothing is reported.
import { chan, go } from "millrace";

go(function* () {
  yield* chan<number>().recv();
});
console.log("started");
