/**
 * Unbuffered vs Buffered › Buffered Channels
 *
 * Capacity 3: three sends go through at once, the fourth would wait.
 */
import { chan, main } from "millrace";

main(() => {
  const ch = chan<number>(3); // capacity = 3
  for (let i = 1; i <= 4; i++) {
    console.log("sent without a receiver:", ch.trySend(i), "len:", ch.length, "cap:", ch.capacity);
  }
});
