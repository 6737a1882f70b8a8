/**
 * What are Channels in Go? › Select Statement (Channel Multiplexing)
 *
 * Like a `switch` for channels: the first that is ready is taken, and `default` if none is.
 */
import { chan, go, main, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch1 = chan<string>();
  const ch2 = chan<string>();

  for (let i = 0; i < 3; i++) {
    const s = yield* select({ msg1: ch1.recv(), msg2: ch2.recv(), default: true });
    switch (s.case) {
      case "msg1":
        console.log("Received", s.value);
        break;
      case "msg2":
        console.log("Received", s.value);
        break;
      default:
        console.log("No messages");
        go(function* () {
          yield* ch1.send("one");
          yield* ch2.send("two");
        });
    }
    yield* time.sleep(time.Millisecond); // let the sender run
  }
});
