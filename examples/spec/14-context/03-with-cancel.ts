/**
 * What is context in Go? › Types of Derived Contexts › 1. WithCancel
 *
 * Cancels manually: whoever has `cancel` calls it, and everybody who waits on `done` knows.
 */
import { go, main, select } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

main(function* () {
  const [ctx, cancel] = context.withCancel(context.background());

  go(function* () {
    yield* time.sleep(2 * time.Second);
    cancel(); // signal cancellation
  });

  const s = yield* select({ done: ctx.done().recv() });
  if (s.case === "done") console.log("Cancelled:", ctx.err()?.message);
});
