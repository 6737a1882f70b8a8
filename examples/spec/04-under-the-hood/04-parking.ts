/**
 * Channels in Go: Under the Hood › 4. Blocking and Goroutine Parking
 *
 * A goroutine that can't proceed is parked: it waits without running. When a partner comes it is runnable again, and the
 * scheduler gives it its turn.
 */
import { chan, type Go, go, main, type RecvChan, runtime } from "millrace";
import * as time from "millrace/time";

function* receiver(ch: RecvChan<string>): Go {
  console.log("got", yield* ch.recv());
}

function show(when: string): void {
  const info = runtime.goroutines().find((g) => g.name === "receiver");
  console.log(`${when}: ${info === undefined ? "ended" : `${info.state}${info.reason ? ` (${info.reason})` : ""}`}`);
}

main(function* () {
  const ch = chan<string>();
  go(receiver, ch);
  show("started");
  yield* time.sleep(time.Millisecond);
  show("parked");
  yield* ch.send("x");
  show("unparked");
  yield* time.sleep(time.Millisecond);
  show("after its turn");
});
