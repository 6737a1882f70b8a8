/**
 * What is Multiplexing? › 3. Adding Timeouts with time.After
 *
 * The message takes three seconds; after two, the select gives up on it.
 */
import { chan, go, main, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch = chan<string>();
  go(function* () {
    yield* time.sleep(3 * time.Second);
    yield* ch.send("too late");
  });

  const s = yield* select({ msg: ch.recv(), timeout: time.after(2 * time.Second).recv() });
  switch (s.case) {
    case "msg":
      console.log("Got message:", s.value);
      break;
    case "timeout":
      console.log("Timeout after 2s");
  }
});
