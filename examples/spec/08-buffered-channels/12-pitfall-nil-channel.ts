/**
 * Buffered channels in Go › Common pitfalls & gotchas › Nil channel
 *
 * Sending on a nil channel blocks for ever, and with nobody else around that is a deadlock.
 */
import { main, nilChan } from "millrace";

main(function* () {
  const ch = nilChan<number>();
  yield* ch.send(1);
});
