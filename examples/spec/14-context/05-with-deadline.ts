/**
 * What is context in Go? › Types of Derived Contexts › 3. WithDeadline
 *
 * An absolute time instead of a duration. A child's deadline can only be earlier than its parent's.
 */
import { defer, main } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

main(function* () {
  const start = time.now();
  const deadline = start.add(2 * time.Second);
  const [ctx, cancel] = context.withDeadline(context.background(), deadline);
  using _ = defer(cancel);

  const [child, cancelChild] = context.withTimeout(ctx, time.Hour);
  using __ = defer(cancelChild);
  console.log("the child's deadline is its parent's:", child.deadline()?.equal(deadline));

  yield* child.done().recv();
  console.log(`after ${Math.round(time.since(start) / time.Second)}s:`, child.err()?.message);
});
