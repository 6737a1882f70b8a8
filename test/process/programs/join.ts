// Main waits for the end of a goroutine that never ends.
import { chan, go, main } from "millrace";

main(function* () {
  const started = go(function* worker() {
    yield* chan<number>().recvOk();
  });
  yield* started.join();
});
