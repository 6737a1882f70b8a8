/**
 * Timers in Go — deep dive › 4) Stop, Reset, and draining › t.Stop() bool
 *
 * By the rules this chapter describes, a timer that has fired leaves its value in the channel, `stop` says `false`, and
 * the value is to be drained. By Go 1.23's rules, the default, there never is such a value and `stop` says `true`. The
 * pattern is right under both.
 */
import { main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const t = new time.Timer(time.Second);
  yield* time.sleep(2 * time.Second); // it has fired, and nobody received

  if (!t.stop()) {
    yield* t.c.recv(); // drain
  }
  console.log("unread value:", t.c.tryRecv());
});
