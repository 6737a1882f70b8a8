/**
 * What is a Goroutine? › Synchronization with Goroutines › 4. select – Multiplexing Channels
 *
 * `select` takes whichever channel is ready. With `default` it does not wait when none is.
 */
import { chan, type Go, main, type RecvChan, select } from "millrace";

function* look(ch1: RecvChan<string>, ch2: RecvChan<string>): Go {
  const s = yield* select({ ch1: ch1.recv(), ch2: ch2.recv(), default: true });
  switch (s.case) {
    case "ch1":
      console.log("Received", s.value);
      break;
    case "ch2":
      console.log("Received", s.value);
      break;
    default:
      console.log("No message");
  }
}

main(function* () {
  const ch1 = chan<string>(1);
  const ch2 = chan<string>(1);

  yield* look(ch1, ch2); // nothing was sent

  yield* ch1.send("from ch1");
  yield* look(ch1, ch2);

  yield* ch2.send("from ch2");
  yield* look(ch1, ch2);
});
