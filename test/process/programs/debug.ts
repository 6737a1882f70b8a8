// With debug, the report says where each goroutine was started.
import { chan, type Go, go, main } from "millrace";

function* worker(): Go {
  yield* chan<number>().recv();
}

function startTwo(): void {
  go(worker);
  go(function* () {
    yield* go(worker).join();
  });
}

main(
  function* () {
    startTwo();
    yield* chan<number>().recv();
  },
  { debug: true },
);
