/**
 * Timers in Go — deep dive › 4) Stop, Reset, and draining › t.Reset(d) bool
 *
 * Stop, drain if it had fired, reset: then the next value is the new one, three seconds from here.
 */
import { main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const d = 3 * time.Second;
  const start = time.now();
  const t = new time.Timer(time.Second);
  yield* time.sleep(2 * time.Second); // it has fired

  if (!t.stop()) {
    yield* t.c.recv(); // drain if it had fired
  }
  t.reset(d);

  yield* t.c.recv();
  console.log(`fired after ${Math.round(time.since(start) / time.Second)}s`);
});
