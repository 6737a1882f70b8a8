/**
 * What is a Goroutine? › Key Gotchas with Goroutines › 2. Race conditions
 *
 * JavaScript never tears a write, but a goroutine that reads, waits and then writes works with a stale value. A mutex
 * makes the three steps one; a channel lets one goroutine own the number.
 */
import { chan, type Go, go, main, range, runtime } from "millrace";
import { Mutex, WaitGroup } from "millrace/sync";

/** Calls `body` in 100 goroutines and waits for them. */
function* hundred(body: () => Go): Go {
  const wg = new WaitGroup();
  for (let i = 0; i < 100; i++) wg.go(body);
  yield* wg.wait();
}

main(function* () {
  let counter = 0;
  yield* hundred(function* () {
    const read = counter;
    yield* runtime.gosched(); // whatever can block lets the others run
    counter = read + 1;
  });
  console.log("without sync:", counter);

  let guarded = 0;
  const mu = new Mutex();
  yield* hundred(function* () {
    using _ = yield* mu.lock();
    const read = guarded;
    yield* runtime.gosched();
    guarded = read + 1;
  });
  console.log("with a mutex:", guarded);

  const increments = chan<number>();
  const total = chan<number>();
  go(function* owner() {
    let sum = 0;
    for (const r = range(increments); yield* r.next(); ) sum += r.value;
    yield* total.send(sum);
  });
  yield* hundred(function* () {
    yield* increments.send(1);
  });
  increments.close();
  console.log("with a channel:", yield* total.recv());
});
