/**
 * Unbuffered vs Buffered › Unbuffered Channels › Example
 *
 * A rendezvous: the value is printed only after the send met the receive.
 */
import { chan, go, main } from "millrace";

main(function* () {
  const ch = chan<number>();

  go(function* () {
    yield* ch.send(42); // blocks until receiver is ready
  });

  const val = yield* ch.recv(); // blocks until sender is ready
  console.log(val); // 42
});
