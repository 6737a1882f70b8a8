/**
 * What is Multiplexing? › 7. Real-World Use Cases › 3. Timeouts/Heartbeats
 *
 * A worker sends a heartbeat every second beside its results. Main takes whichever comes, and gives the worker up when
 * nothing came for two seconds.
 */
import { chan, type Go, go, main, type SendChan, select } from "millrace";
import * as time from "millrace/time";

function* worker(results: SendChan<string>, heartbeat: SendChan<void>): Go {
  const pulse = time.tick(time.Second);
  const work = time.after(2500 * time.Millisecond);
  for (let beats = 0; beats < 4; ) {
    const s = yield* select({ pulse: pulse.recv(), work: work.recv() });
    if (s.case === "work") yield* results.send("half of it");
    else {
      yield* heartbeat.send();
      beats++;
    }
  }
  yield* chan<void>().recv(); // it hangs
}

main(function* () {
  const results = chan<string>();
  const heartbeat = chan<void>();
  go(worker, results, heartbeat);

  for (;;) {
    const s = yield* select({
      result: results.recv(),
      heartbeat: heartbeat.recv(),
      silence: time.after(2 * time.Second).recv(),
    });
    switch (s.case) {
      case "result":
        console.log("result:", s.value);
        break;
      case "heartbeat":
        console.log("alive");
        break;
      case "silence":
        console.log("the worker hangs");
        return;
    }
  }
});
