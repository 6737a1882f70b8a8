/**
 * Timers in Go — deep dive › 3) Basic examples › Run a function later with AfterFunc
 *
 * The function runs in a goroutine of its own; `stop` prevents that if it comes in time.
 */
import { main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const t = time.afterFunc(500 * time.Millisecond, () => console.log("do later"));
  if (!t.stop()) {
    // already fired or running
    console.log("too late");
  }
  yield* time.sleep(time.Second); // nothing is printed

  const again = time.afterFunc(500 * time.Millisecond, () => console.log("do later"));
  yield* time.sleep(time.Second);
  if (!again.stop()) {
    // already fired or running
    console.log("too late");
  }
});
