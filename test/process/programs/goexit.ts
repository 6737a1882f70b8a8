// A goroutine that ends with goexit ends alone, and its finally block runs whole.
import { chan, go, main, runtime } from "millrace";

main(function* () {
  const done = chan<number>();
  const worker = go(function* () {
    try {
      yield* runtime.goexit();
      console.log("never printed");
    } finally {
      yield* done.send(1);
      console.log("sent");
    }
  });
  console.log("received", yield* done.recv());
  console.log("joined", yield* worker.join());
});
