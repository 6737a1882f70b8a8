/**
 * What Is a WaitGroup? › Common Mistakes › 1. Calling Add() inside a goroutine
 *
 * Main waits before the goroutine has counted itself, so it waits for nothing. `wg.go(fn)` can't be used wrongly: it counts
 * before it starts.
 */
import { type Go, go, main } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

main(function* () {
  const wg = new WaitGroup();

  function* work(): Go {
    yield* time.sleep(time.Second);
    console.log("work done");
  }

  go(function* () {
    yield* time.sleep(time.Millisecond); // this goroutine is late
    wg.add(1); // ❌ This can race with wait()
    yield* work();
    wg.done();
  });
  yield* wg.wait();
  console.log("main did not wait");

  wg.go(work); // ✅
  yield* wg.wait();
  console.log("main waited");
});
