/**
 * The Go Runtime Model › 3. How Goroutines & Channels Interact › Case A: Unbuffered channel
 *
 * Main comes first, finds no sender and parks in `recvq`; the sender then finds a receiver waiting and hands the value
 * over directly.
 */
import { chan, go, main } from "millrace";
import { timeline } from "../timeline.ts";

main(function* () {
  using _ = timeline();
  const ch = chan<number>();
  go(function* () {
    yield* ch.send(42);
  });
  const val = yield* ch.recv();
  console.log(val);
});
