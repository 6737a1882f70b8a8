// A panic in a goroutine that is a plain function.
import { go, main } from "millrace";

main(
  function* () {
    yield* go(function plain() {
      throw new Error("in a plain function");
    }).join();
  },
  { debug: true },
);
