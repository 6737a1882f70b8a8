/**
 * What is Multiplexing? › 2. Using default (Non-Blocking Multiplexing)
 *
 * Nothing on the channel: `default` at once, and main gets on with its work until the message is there.
 */
import { chan, go, main, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch = chan<string>();
  go(function* () {
    yield* time.sleep(250 * time.Millisecond);
    yield* ch.send("ready");
  });

  for (let polling = true; polling; ) {
    const s = yield* select({ msg: ch.recv(), default: true });
    switch (s.case) {
      case "msg":
        console.log("Received:", s.value);
        polling = false;
        break;
      default:
        console.log("No message, moving on");
        yield* time.sleep(100 * time.Millisecond);
    }
  }
});
