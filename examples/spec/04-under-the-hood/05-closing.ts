/**
 * Channels in Go: Under the Hood › 5. Closing a Channel
 *
 * Closing wakes every receiver in `recvq` with the zero value. Later receives return at once, sends panic.
 */
import { chan, type Go, go, main, Panic } from "millrace";
import * as time from "millrace/time";
import { Hchan } from "../hchan.ts";

main(function* () {
  using h = new Hchan("ch");
  const ch = chan<number>(0, { name: "ch", zero: 0 });

  function* receiver(id: number): Go {
    console.log("receiver", id, "got", yield* ch.recv());
  }
  for (let id = 1; id <= 3; id++) go(receiver, id);
  yield* time.sleep(time.Millisecond);
  console.log(String(h));

  ch.close();
  console.log(String(h));
  yield* time.sleep(time.Millisecond);

  console.log("later receive:", yield* ch.recv());
  try {
    yield* ch.send(1);
  } catch (e) {
    if (e instanceof Panic) console.log("later send: panic:", e.message);
  }
});
