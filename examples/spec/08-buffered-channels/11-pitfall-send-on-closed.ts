/**
 * Buffered channels in Go › Common pitfalls & gotchas › Send on closed channel
 *
 * Room in the buffer does not help: the panic ends the program.
 */
import { chan, main } from "millrace";

main(function* () {
  const ch = chan<number>(2);
  ch.close();
  yield* ch.send(1);
});
