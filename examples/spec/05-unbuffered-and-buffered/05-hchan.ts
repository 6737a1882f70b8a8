/**
 * Unbuffered vs Buffered › CS-Level Insight
 *
 * The same two sends on both kinds. Unbuffered, `dataqsiz` is 0 and the senders stand in `sendq`; buffered, the values
 * are in the ring and nobody is parked.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";
import { Hchan } from "../hchan.ts";

function* twoSends(capacity: number) {
  using h = new Hchan("ch");
  const ch = chan<number>(capacity, { name: "ch" });
  const first = go(() => ch.send(1));
  const second = go(() => ch.send(2));
  yield* time.sleep(time.Millisecond);
  console.log(String(h).replaceAll(/G\d+/g, "G"));

  yield* ch.recv();
  yield* ch.recv();
  yield* first.join();
  yield* second.join();
}

main(function* () {
  yield* twoSends(0);
  yield* twoSends(2);
});
