/**
 * Closing Channels in Go › 9. Internals (CS-Level)
 *
 * Closing wakes what waits: a parked receiver gets the zero value and `ok === false`, a parked sender panics.
 */
import { chan, go, main, Panic } from "millrace";
import * as time from "millrace/time";
import { Hchan } from "../hchan.ts";

function* receivers() {
  using h = new Hchan("ch");
  const ch = chan<number>(0, { name: "ch", zero: 0 });
  const receiver = go(() => ch.recvOk());
  yield* time.sleep(time.Millisecond);
  console.log(String(h));

  ch.close();
  console.log(String(h));
  console.log("the receiver got", yield* receiver.join());
  console.log("a later receive gets", yield* ch.recvOk());
}

function* senders() {
  using h = new Hchan("ch");
  const ch = chan<number>(0, { name: "ch" });
  const sender = go(function* () {
    try {
      yield* ch.send(1);
    } catch (e) {
      if (e instanceof Panic) console.log("the sender panics:", e.message);
    }
  });
  yield* time.sleep(time.Millisecond);
  console.log(String(h).replace(/G\d/, "G1"));

  ch.close();
  console.log(String(h));
  yield* sender.join();
}

main(function* () {
  yield* receivers();
  yield* senders();
});
