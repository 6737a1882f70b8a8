/**
 * Buffered channels in Go › select + buffered channels (non-blocking tries)
 *
 * A select with `default` is a try-send. `trySend` is the same in one call.
 */
import { chan, main, select } from "millrace";

main(function* () {
  const ch = chan<number>(1);

  for (let v = 1; v <= 2; v++) {
    const s = yield* select({ sent: ch.send(v), default: true });
    switch (s.case) {
      case "sent":
        console.log(v, "succeeded"); // succeeded
        break;
      default:
        console.log(v, "buffer full"); // buffer full — do alternate action
    }
  }

  console.log(3, ch.trySend(3) ? "succeeded" : "buffer full");
  console.log("received", ch.tryRecv());
  console.log("received", ch.tryRecv());
});
