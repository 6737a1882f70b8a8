/**
 * Why Do We Need to Close Channels? › Under the Hood (CS Level)
 *
 * The closed flag is set and the values stay in the buffer: they are dequeued as before, and only then come zero values.
 */
import { chan, main } from "millrace";
import { Hchan } from "../hchan.ts";

main(function* () {
  using h = new Hchan("ch");
  const ch = chan<number>(2, { name: "ch", zero: 0 });
  yield* ch.send(10);
  yield* ch.send(20);
  console.log("open:   ", String(h));

  ch.close();
  console.log("closed: ", String(h));

  for (let i = 0; i < 3; i++) {
    const [v, ok] = yield* ch.recvOk();
    console.log(`${String(v).padEnd(2)} ${String(ok).padEnd(5)}`, String(h));
  }
});
