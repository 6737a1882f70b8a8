/**
 * Execution timeline › Case 2: Buffered Channel
 *
 * Two sends go into the buffer, the third parks G1 in `sendq`. The first receive takes 1 and moves 3 into the freed slot,
 * which wakes G1; the others drain the buffer; then G1 gets its turn.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";
import { timeline } from "../timeline.ts";

main(function* () {
  using _ = timeline();
  const ch = chan<number>(2);

  const g1 = go(function* () {
    yield* ch.send(1);
    yield* ch.send(2);
    yield* ch.send(3);
    console.log("Sent all");
  });

  yield* time.sleep(time.Millisecond); // give sender time
  console.log(yield* ch.recv());
  console.log(yield* ch.recv());
  console.log(yield* ch.recv());

  yield* g1.join(); // or main would end before G1 has printed
});
