/**
 * What is a Goroutine? › Key Gotchas with Goroutines › 3. Too many goroutines (and: Goroutine vs OS Thread)
 *
 * A goroutine is an object of a few hundred bytes, not a thread with a stack of its own: a hundred thousand of them can
 * wait at once. They still cost memory, which a worker pool would bound.
 */
import { chan, go, main, runtime } from "millrace";
import { WaitGroup } from "millrace/sync";

main(function* () {
  const start = chan<void>();
  const wg = new WaitGroup();

  for (let i = 0; i < 100_000; i++) {
    wg.add(1);
    go(function* () {
      yield* start.recv();
      wg.done();
    });
  }
  yield* runtime.gosched(); // let them all reach the channel
  console.log("goroutines:", runtime.numGoroutine());

  start.close(); // one close wakes them all
  yield* wg.wait();
  console.log("goroutines:", runtime.numGoroutine());
});
