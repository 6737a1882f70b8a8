/**
 * Buffered channels in Go › Typical patterns & idioms › 3. Semaphore / concurrency limiter
 *
 * A buffered channel of tokens: as many goroutines are active as it has slots.
 */
import { chan, type Go, main } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

const N = 3;

main(function* () {
  const sem = chan<void>(N); // allow N concurrent active tasks
  const wg = new WaitGroup();
  let active = 0;
  let most = 0;

  function* task(): Go {
    yield* sem.send(); // acquire (blocks when N reached)
    most = Math.max(most, ++active);
    yield* time.sleep(time.Second);
    active--;
    yield* sem.recv(); // release
  }

  for (let i = 0; i < 10; i++) wg.go(task);
  yield* wg.wait();
  console.log("10 tasks, active at once:", most);
});
