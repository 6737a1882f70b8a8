/**
 * Closing Channels in Go › 7. Closing Multiple Producers Case
 *
 * No producer may close the channel while others send. A goroutine of its own does, once they are all done.
 */
import { chan, defer, go, main, range } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const ch = chan<number>();
  const wg = new WaitGroup();

  for (let i = 0; i < 3; i++) {
    wg.add(1);
    go(function* (id: number) {
      using _ = defer(() => wg.done());
      yield* ch.send(id);
    }, i);
  }

  go(function* () {
    yield* wg.wait();
    ch.close(); // only close once all senders are done
  });

  for (const r = range(ch); yield* r.next(); ) {
    console.log("Received:", r.value);
  }
});
