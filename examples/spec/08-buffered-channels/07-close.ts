/**
 * Buffered channels in Go › Closing a buffered channel
 *
 * Receivers drain what is in the buffer; then they get the zero value and `ok === false`.
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>(2, { zero: 0 });
  yield* ch.send(10);
  yield* ch.send(20);
  ch.close();

  let [v, ok] = yield* ch.recvOk(); // v === 10, ok === true
  console.log(v, ok);
  [v, ok] = yield* ch.recvOk(); // v === 20, ok === true
  console.log(v, ok);
  [v, ok] = yield* ch.recvOk(); // v === 0, ok === false (channel drained and closed)
  console.log(v, ok);
});
