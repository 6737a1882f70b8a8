/**
 * What is Synchronization? › 5. Synchronization with select
 *
 * A timeout: the select waits for a message or for two seconds, whichever comes first.
 */
import { chan, type Go, go, main, type RecvChan, select } from "millrace";
import * as time from "millrace/time";

function* waitFor(ch: RecvChan<string>): Go {
  const s = yield* select({ msg: ch.recv(), timeout: time.after(2 * time.Second).recv() });
  switch (s.case) {
    case "msg":
      console.log("Got:", s.value);
      break;
    case "timeout":
      console.log("Timeout");
  }
}

main(function* () {
  const ch = chan<string>();

  go(function* () {
    yield* time.sleep(time.Second);
    yield* ch.send("in time");
  });
  yield* waitFor(ch);
  yield* waitFor(ch); // nobody sends again
});
