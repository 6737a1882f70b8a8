/**
 * The Go Runtime Model › Visual Summary › Unbuffered
 *
 *     G1: ch <- 42   <----->   G2: val := <-ch
 *
 * A synchronous hand-off: neither goes on before the other has come. The two lines of "after" can't be printed earlier.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch = chan<number>();

  const g1 = go(function* () {
    console.log("G1: before ch <- 42");
    yield* ch.send(42);
    console.log("G1: after");
  });
  const g2 = go(function* () {
    yield* time.sleep(time.Second); // G2 is late, so G1 waits
    console.log("G2: before val := <-ch");
    const val = yield* ch.recv();
    console.log("G2: after, val =", val);
  });

  yield* g1.join();
  yield* g2.join();
});
