/**
 * Timers in Go — deep dive › 3) Basic examples › Using time.After (convenience)
 *
 * The same without a timer to stop: one that nobody waits on any more is gone by itself.
 */
import { chan, main, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const done = chan<void>();

  const s = yield* select({ done: done.recv(), timeout: time.after(2 * time.Second).recv() });
  switch (s.case) {
    case "done":
      break;
    case "timeout":
      console.log("timeout");
  }
});
