/**
 * Unbuffered vs Buffered › Buffered Channels › Example
 *
 * Two sends do not block; the third waits in its goroutine until a receive makes room.
 */
import { chan, go, main } from "millrace";

main(function* () {
  const ch = chan<number>(2);

  yield* ch.send(1); // does not block
  yield* ch.send(2); // does not block

  go(function* () {
    yield* ch.send(3); // blocks until someone reads
  });

  console.log(yield* ch.recv()); // frees up buffer, goroutine sends 3
  console.log(yield* ch.recv());
  console.log(yield* ch.recv());
});
