/**
 * Closing Channels in Go › 4. The comma-ok Idiom
 *
 * `recvOk` gives the value and whether it was sent; the compiler knows that `val` is a string where `ok` is true.
 */
import { chan, type Go, main, type RecvChan } from "millrace";

function* receive(ch: RecvChan<string>): Go {
  const [val, ok] = yield* ch.recvOk();
  if (!ok) {
    console.log("Channel closed!");
  } else {
    console.log("Got:", val.toUpperCase());
  }
}

main(function* () {
  const ch = chan<string>(1);
  yield* ch.send("value");
  ch.close();

  yield* receive(ch);
  yield* receive(ch);
});
