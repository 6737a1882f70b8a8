// Main ends with goexit while another goroutine is stuck.
import { chan, go, main, runtime } from "millrace";

main(function* () {
  go(function* stuck() {
    yield* chan<number>().recv();
  });
  yield* runtime.goexit();
});
