/**
 * Buffered channels in Go › FIFO & fairness
 *
 * Waiting goroutines are served in the order they arrived: senders as well as receivers.
 */
import { chan, type Go, go, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch = chan<string>();

  function* sender(name: string): Go {
    yield* ch.send(name);
  }
  for (const name of ["first", "second", "third"]) {
    go(sender, name);
    yield* time.sleep(time.Millisecond); // it waits in sendq before the next one comes
  }
  for (let i = 0; i < 3; i++) console.log("from the", yield* ch.recv(), "sender");

  const served = chan<string>(3);
  function* receiver(name: string): Go {
    yield* served.send(`the ${name} receiver got ${yield* ch.recv()}`);
  }
  for (const name of ["first", "second", "third"]) {
    go(receiver, name);
    yield* time.sleep(time.Millisecond);
  }
  for (const value of ["a", "b", "c"]) yield* ch.send(value);
  for (let i = 0; i < 3; i++) console.log(yield* served.recv());
});
