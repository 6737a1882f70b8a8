/**
 * Channels in Go: Under the Hood › 2. Unbuffered Channels (Zero-Capacity)
 *
 * Whoever comes first is enqueued; the other one finds it there and the value goes from goroutine to goroutine. There is
 * no buffer, so `qcount` stays 0.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";
import { Hchan } from "../hchan.ts";

main(function* () {
  using h = new Hchan("ch");
  const ch = chan<string>(0, { name: "ch" });

  go(() => ch.send("x")); // no receiver yet: the sender waits in sendq
  yield* time.sleep(time.Millisecond);
  console.log(String(h));
  console.log("received", yield* ch.recv());
  console.log(String(h));

  go(function* () {
    console.log("received", yield* ch.recv()); // no sender yet: the receiver waits in recvq
  });
  yield* time.sleep(time.Millisecond);
  console.log(String(h));
  yield* ch.send("y");
  console.log(String(h));
  yield* time.sleep(time.Millisecond); // the receiver prints
});
