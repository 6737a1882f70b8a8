/**
 * What is a Ticker? › 5. Under the Hood (CS-level) › as an infinite loop
 *
 * A ticker as a goroutine that sleeps and sends. It ticks, but it waits for its receiver, so it is late when that is.
 */
import { chan, go, main, type RecvChan } from "millrace";
import * as time from "millrace/time";

function newTicker(d: number): RecvChan<time.Time> {
  const c = chan<time.Time>();
  go(function* () {
    for (;;) {
      yield* time.sleep(d);
      yield* c.send(time.now());
    }
  });
  return c;
}

main(function* () {
  const start = time.now();
  const c = newTicker(time.Second);
  for (let i = 1; i <= 4; i++) {
    yield* c.recv();
    console.log(`tick at ${time.since(start) / time.Second}s`);
    if (i === 2) yield* time.sleep(1.5 * time.Second); // and the next ticks shift
  }
});
