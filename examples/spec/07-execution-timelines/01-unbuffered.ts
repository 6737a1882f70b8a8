/**
 * Execution timeline › Case 1: Unbuffered Channel
 *
 * The specification's steps, as the runtime goes through them: G1 sends first and parks in `sendq`; main takes 42 from
 * it and wakes it; main prints, then G1 gets its turn and prints.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";
import { timeline } from "../timeline.ts";

main(function* () {
  using _ = timeline();
  const ch = chan<number>();

  const g1 = go(function* () {
    yield* ch.send(42);
    console.log("Sent 42");
  });

  yield* time.sleep(time.Millisecond); // G1 comes first
  const val = yield* ch.recv();
  console.log("Received", val);

  yield* g1.join(); // or main would end before G1 has printed
});
