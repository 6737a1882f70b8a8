/**
 * What are Channels in Go? › Syntax of Channels › Creating a channel
 *
 * `chan` makes a channel. Its type parameter says what goes through it; anything else is refused by the compiler.
 */
import { chan, main } from "millrace";

main(() => {
  const ch = chan<number>(); // makes a channel of numbers
  console.log("len:", ch.length, "cap:", ch.capacity);

  // @ts-expect-error a string can't be sent on a channel of numbers
  ch.send("ten");
});
