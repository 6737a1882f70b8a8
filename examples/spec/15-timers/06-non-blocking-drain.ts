/**
 * Timers in Go — deep dive › 4) Stop, Reset, and draining › Alternative non-blocking drain
 *
 * The value has been received already, so there is nothing to drain: the blocking drain would wait for ever here, the
 * select with `default` does not.
 */
import { main, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const t = new time.Timer(time.Second);
  yield* t.c.recv();

  if (!t.stop()) {
    const s = yield* select({ drained: t.c.recv(), default: true });
    console.log(s.case === "drained" ? "drained" : "nothing to drain");
  }
});
