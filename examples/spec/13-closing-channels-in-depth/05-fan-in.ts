/**
 * Why Do We Need to Close Channels? › Real-World Use Case: Fan-in Pattern
 *
 * Many senders, one receiver. A closer waits for the senders; `range` ends by itself.
 */
import { chan, defer, go, main, range } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const ch = chan<number>();
  const wg = new WaitGroup();

  // Multiple senders
  for (let i = 1; i <= 3; i++) {
    wg.add(1);
    go(function* (id: number) {
      using _ = defer(() => wg.done());
      for (let j = 1; j <= 2; j++) {
        yield* ch.send(id * 10 + j);
      }
    }, i);
  }

  // Closer goroutine
  go(function* () {
    yield* wg.wait();
    ch.close(); // Sender closes the channel
  });

  // Receiver
  for (const r = range(ch); yield* r.next(); ) {
    console.log("Received:", r.value);
  }
});
