/**
 * What are Channels in Go? › Syntax of Channels › Declaring a channel
 *
 * A channel that was only declared is Go's nil channel: nothing can be sent on it or received from it. Here that is an
 * explicit value, because TypeScript refuses a variable that was never assigned.
 */
import { type Chan, main, nilChan, select } from "millrace";

main(function* () {
  const ch: Chan<number> = nilChan(); // declare a channel of type number
  console.log("len:", ch.length, "cap:", ch.capacity);

  const s = yield* select({ received: ch.recv(), default: true });
  console.log(s.case === "default" ? "a nil channel is never ready" : s.value);
});
