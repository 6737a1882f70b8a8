/**
 * Closing Channels in Go › 3. Receiving from a Closed Channel
 *
 * What was sent is received first; then every receive gives the zero value at once. JavaScript has no zero value of a
 * type, so the channel says which it is; without that, it is `undefined`.
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>(2, { zero: 0 });
  yield* ch.send(10);
  yield* ch.send(20);
  ch.close();

  console.log(yield* ch.recv()); // 10
  console.log(yield* ch.recv()); // 20
  console.log(yield* ch.recv()); // 0 (zero value, because channel is closed + empty)
});
