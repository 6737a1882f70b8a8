/**
 * What is a Goroutine? › Key Gotchas with Goroutines › 4. Don’t block forever
 *
 * Nobody receives what main sends, and nobody else is left to do it: a deadlock. The report says which goroutine waits
 * for what, and on which line.
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>(0, { name: "numbers" });
  yield* ch.send(1); // blocks for ever
  console.log("never printed");
});
