/**
 * What is context in Go? › Common Mistakes › Creating new contexts deep in your code
 *
 * A context made from a new root is outside the chain: cancelling the request does not reach it, and its work goes on.
 */
import { type Go, go, main, select } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

function* work(name: string, ctx: context.Context): Go {
  const s = yield* select({ cancelled: ctx.done().recv(), worked: time.sleep(2 * time.Second) });
  console.log(`${name}: ${s.case}`);
}

main(function* () {
  const [request, cancel] = context.withCancel(context.background());

  const derived = go(work, "derived", request);
  const detached = go(work, "detached", context.background()); // ❌ not from the request

  yield* time.sleep(time.Second);
  cancel();
  yield* derived.join();
  yield* detached.join();
});
