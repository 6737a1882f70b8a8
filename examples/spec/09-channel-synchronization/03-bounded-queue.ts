/**
 * What is Channel Synchronization? › Real-world Patterns › 3. Bounded queues
 *
 * A producer that is twice as fast as its consumer is held to the consumer's pace once the queue of two is full.
 */
import { chan, go, main, range } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const start = time.now();
  const seconds = (): number => Math.round(time.since(start) / time.Second);
  const queue = chan<number>(2);

  go(function* producer() {
    for (let i = 1; i <= 6; i++) {
      yield* time.sleep(time.Second); // makes one
      yield* queue.send(i);
      console.log(`${seconds()}s: queued ${i}`);
    }
    queue.close();
  });

  for (const r = range(queue); yield* r.next(); ) {
    yield* time.sleep(2 * time.Second); // uses it
    console.log(`${seconds()}s: used ${r.value}`);
  }
});
