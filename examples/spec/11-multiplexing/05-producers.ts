/**
 * What is Multiplexing? › 4. Multiplexing Multiple Producers
 *
 * Two producers at different speeds, interleaved by one loop as their messages come.
 */
import { type Chan, chan, type Go, go, main, select } from "millrace";
import * as time from "millrace/time";

function* producer(name: string, delay: number, ch: Chan<string>): Go {
  for (let i = 1; i <= 3; i++) {
    yield* time.sleep(delay);
    yield* ch.send(`${name} produced ${i}`);
  }
}

main(function* () {
  const ch1 = chan<string>();
  const ch2 = chan<string>();

  go(producer, "Fast", 1 * time.Second, ch1);
  go(producer, "Slow", 2 * time.Second, ch2);

  for (let i = 0; i < 6; i++) {
    const s = yield* select({ ch1: ch1.recv(), ch2: ch2.recv() });
    console.log(`${s.case}:`, s.value);
  }
});
