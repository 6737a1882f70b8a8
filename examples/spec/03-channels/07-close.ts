/**
 * What are Channels in Go? › Closing a Channel
 *
 * After `close`, receives give the zero value once the channel is empty, and a send panics.
 */
import { chan, main, Panic } from "millrace";

main(function* () {
  const ch = chan<number>(1, { zero: 0 });
  yield* ch.send(7);
  ch.close();

  console.log(yield* ch.recv());
  console.log(yield* ch.recv());
  try {
    yield* ch.send(8);
  } catch (e) {
    if (e instanceof Panic) console.log("panic:", e.message);
  }
});
