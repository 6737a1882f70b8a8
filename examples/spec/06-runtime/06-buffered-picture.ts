/**
 * The Go Runtime Model › Visual Summary › Buffered
 *
 *     G1: ch <- 42 ---> [ buffer ] ---> G2: val := <-ch
 *
 * Asynchronous until the buffer is full or empty: G1 has long gone on when G2 comes for the value.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch = chan<number>(1);

  const g1 = go(function* () {
    console.log("G1: before ch <- 42");
    yield* ch.send(42);
    console.log("G1: after, in the buffer:", ch.length);
  });
  const g2 = go(function* () {
    yield* time.sleep(time.Second); // G2 is late, and G1 does not care
    console.log("G2: before val := <-ch");
    const val = yield* ch.recv();
    console.log("G2: after, val =", val);
  });

  yield* g1.join();
  yield* g2.join();
});
