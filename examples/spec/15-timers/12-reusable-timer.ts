/**
 * Timers in Go — deep dive › 15) Final — Example gallery › Reusable timer in loop (safe Reset)
 *
 * A thousand events and one timer. Handling an event takes longer than the timeout, so the timer fires meanwhile: the
 * drain sees to it that the old value is not taken for a new timeout.
 */
import { chan, type Go, go, main, type RecvChan, select } from "millrace";
import * as time from "millrace/time";

function* handle(events: RecvChan<number>, timeout: number): Go {
  using t = new time.Timer(timeout);
  let handled = 0;

  for (;;) {
    const s = yield* select({ event: events.recv(), idle: t.c.recv() }, { order: "listed" });
    switch (s.case) {
      case "event":
        yield* time.sleep(2 * timeout); // process
        handled++;
        if (!t.stop()) yield* t.c.recv(); // drain if fired
        t.reset(timeout);
        break;
      case "idle":
        console.log("idle timeout after", handled, "events");
        return;
    }
  }
}

main(function* () {
  const events = chan<number>(1000);
  go(function* () {
    for (let i = 0; i < 1000; i++) yield* events.send(i);
  });
  yield* time.sleep(time.Millisecond); // let them queue up
  yield* handle(events, 10 * time.Millisecond);
});
