// Recovering is catching: the program goes on and ends well.
import { chan, main, Panic } from "millrace";

main(function* () {
  const ch = chan<number>();
  ch.close();
  try {
    yield* ch.send(1);
  } catch (error) {
    if (error instanceof Panic) console.log("recovered:", error.message);
  }
});
