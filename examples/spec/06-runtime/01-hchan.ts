/**
 * The Go Runtime Model › 2. Channels in the Runtime
 *
 * A queue with two wait lists. Three receivers park in `recvq` of an empty channel; three sends find them there, in the
 * order they came, and nothing goes through the buffer.
 */
import { chan, type Go, go, main } from "millrace";
import * as time from "millrace/time";
import { Hchan } from "../hchan.ts";

main(function* () {
  using h = new Hchan("ch");
  const ch = chan<number>(2, { name: "ch" });

  function* receiver(name: string): Go {
    console.log(name, "received", yield* ch.recv());
  }
  for (const name of ["first", "second", "third"]) go(receiver, name);
  yield* time.sleep(time.Millisecond);
  console.log(String(h));

  for (let i = 1; i <= 3; i++) yield* ch.send(i);
  console.log(String(h));
  yield* time.sleep(time.Millisecond); // the receivers print
});
