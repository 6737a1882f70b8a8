/**
 * What is context in Go? › Common Mistakes › Not calling cancel()
 *
 * The goroutine waits for a cancellation that nobody sends. With `leaks`, a run that ends while goroutines are left says
 * so, and where they stand.
 */
import { go, main } from "millrace";
import * as context from "millrace/context";
import * as time from "millrace/time";

main(
  function* () {
    const [ctx, _cancel] = context.withCancel(context.background()); // ❌ nobody calls it
    go(function* watcher() {
      yield* ctx.done().recv();
      console.log("never printed");
    });
    yield* time.sleep(time.Second);
  },
  { leaks: true },
);
