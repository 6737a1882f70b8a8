// A goroutine that ends with goexit ends alone; catching it does not help.
import { go, main, runtime } from "millrace";

main(function* () {
  const worker = go(function* () {
    try {
      yield* runtime.goexit();
    } catch {
      console.log("caught");
    }
    yield* runtime.gosched();
    console.log("never printed");
  });
  console.log("joined", yield* worker.join());
});
