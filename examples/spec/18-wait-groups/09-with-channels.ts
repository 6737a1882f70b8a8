/**
 * What Is a WaitGroup? › Bonus: Combine with Channels
 *
 * Fan-out, fan-in: the channel is closed only when all workers have finished.
 */
import { chan, defer, go, main, range } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const results = chan<number>();
  const wg = new WaitGroup();

  for (let i = 0; i < 5; i++) {
    wg.add(1);
    go(function* (i: number) {
      using _ = defer(() => wg.done());
      yield* results.send(i * 2);
    }, i);
  }

  go(function* () {
    yield* wg.wait();
    results.close();
  });

  for (const res = range(results); yield* res.next(); ) {
    console.log(res.value);
  }
});
