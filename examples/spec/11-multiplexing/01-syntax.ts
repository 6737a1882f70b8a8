/**
 * What is Multiplexing? › Syntax of select
 *
 * A case is a receive or a send. Several ready: one is chosen at random. None: `default`.
 */
import { type Chan, chan, type Go, main, select } from "millrace";

function* choose(ch1: Chan<number>, ch2: Chan<number>): Go {
  const s = yield* select({ received: ch1.recv(), sent: ch2.send(42), default: true });
  switch (s.case) {
    case "received":
      console.log("Received", s.value, "from ch1");
      break;
    case "sent":
      console.log("Sent value to ch2");
      break;
    default:
      console.log("No channel is ready");
  }
}

main(function* () {
  const ch1 = chan<number>(1);
  const ch2 = chan<number>(1);

  yield* ch1.send(7);
  yield* choose(ch1, ch2); // both are ready: either
  yield* choose(ch1, ch2); // the other one
  yield* choose(ch1, ch2); // ch1 is empty, ch2 is full
});
