/**
 * Buffered channels in Go › Under-the-hood (simplified runtime view)
 *
 * The buffer is a circular array: after the last slot, `sendx` and `recvx` start again at 0.
 */
import { chan, main } from "millrace";
import { Hchan } from "../hchan.ts";

main(function* () {
  using h = new Hchan("ch");
  const ch = chan<number>(3, { name: "ch" });

  for (let i = 1; i <= 4; i++) {
    yield* ch.send(i);
    console.log(`send ${i}:   `, String(h));
    console.log(`receive ${yield* ch.recv()}:`, String(h));
  }
});
