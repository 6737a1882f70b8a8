/**
 * What is context in Go? › Types of Derived Contexts › 2. WithTimeout
 *
 * Cancels automatically after three seconds; the operation would have taken five.
 */
import { defer, main, select } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

main(function* () {
  const [ctx, cancel] = context.withTimeout(context.background(), 3 * time.Second);
  using _ = defer(cancel);

  const s = yield* select({ done: time.after(5 * time.Second).recv(), timeout: ctx.done().recv() });
  switch (s.case) {
    case "done":
      console.log("Operation done");
      break;
    case "timeout":
      console.log("Timeout:", ctx.err()?.message);
  }
});
