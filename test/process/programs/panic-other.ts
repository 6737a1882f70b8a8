// A panic in another goroutine ends the program while main waits.
import { chan, go, main } from "millrace";

main(function* () {
  const never = chan<number>();
  go(function* worker() {
    throw new RangeError("out of cheese");
  });
  yield* never.recv();
});
