/**
 * Channels in Go: Under the Hood › 1. Channel Data Structure (hchan)
 *
 * A channel here has Go's own fields. This program shows them as values go through a buffer of three: `sendx` and `recvx`
 * go round the ring, and a goroutine that can't proceed stands in `sendq` or `recvq`.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";
import { Hchan } from "../hchan.ts";

main(function* () {
  using h = new Hchan("ch");
  const ch = chan<number>(3, { name: "ch" });
  console.log("made:       ", String(h));

  for (let i = 1; i <= 3; i++) yield* ch.send(i);
  console.log("3 sends:    ", String(h));

  go(() => ch.send(4)); // the buffer is full
  yield* time.sleep(time.Millisecond);
  console.log("a 4th send: ", String(h));

  yield* ch.recv(); // frees a slot, which the waiting sender fills
  console.log("a receive:  ", String(h));

  for (let i = 0; i < 3; i++) yield* ch.recv();
  console.log("3 receives: ", String(h));

  go(() => ch.recv()); // the buffer is empty
  yield* time.sleep(time.Millisecond);
  console.log("a 5th:      ", String(h));

  ch.close();
  console.log("closed:     ", String(h));
});
