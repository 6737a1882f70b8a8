/**
 * Buffered channels in Go › Creation & introspection
 *
 * `length` is the number of queued elements (Go's `len`), `capacity` the size of the buffer (Go's `cap`). A nil channel
 * has neither. A capacity that makes no sense panics as in Go.
 */
import { chan, main, nilChan, Panic } from "millrace";

main(function* () {
  const ch = chan<string>(3);
  yield* ch.send("a");
  yield* ch.send("b");
  console.log("len:", ch.length, "cap:", ch.capacity);

  const none = nilChan<string>();
  console.log("len:", none.length, "cap:", none.capacity);

  try {
    chan<string>(-1);
  } catch (e) {
    if (e instanceof Panic) console.log("panic:", e.message);
  }
});
