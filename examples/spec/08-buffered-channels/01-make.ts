/**
 * Buffered channels in Go — deep dive
 *
 * A buffered channel is a channel with capacity > 0.
 */
import { chan, main } from "millrace";

main(() => {
  const ch = chan<number>(3); // capacity 3
  console.log("cap:", ch.capacity);
});
