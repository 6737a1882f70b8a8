// With leaks, goroutines that are left when main returns are an error.
import { chan, go, main } from "millrace";

main(
  function* () {
    go(function* forgotten() {
      yield* chan<number>(0, { name: "results" }).send(1);
    });
    go(function* unstarted() {});
    yield* chan<number>(1).send(1);
  },
  { leaks: true, debug: true },
);
