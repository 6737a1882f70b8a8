/**
 * What is Multiplexing? › 5. Closing Channels in Multiplexing
 *
 * A closed channel is always ready, so the loop asks whether the value was sent.
 */
import { chan, type Go, go, main, type RecvChan, select } from "millrace";

function* listen(ch: RecvChan<number>): Go {
  for (;;) {
    const s = yield* select({ received: ch.recvOk() });
    const [val, ok] = s.value;
    if (!ok) {
      console.log("Channel closed");
      return;
    }
    console.log("Got:", val);
  }
}

main(function* () {
  const ch = chan<number>();
  go(function* () {
    for (let i = 1; i <= 3; i++) yield* ch.send(i);
    ch.close();
  });
  yield* listen(ch);
});
