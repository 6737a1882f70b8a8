/**
 * Execution timeline › Visual Snapshot › Unbuffered
 *
 * The picture of case 1, each half drawn when it happens.
 */
import { chan, go, listen, main } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const stop = listen((event) => {
    if (event.kind === "go-park" && event.reason === "chan send") console.log("G1: send(42) ---- waits ----> G_main");
    if (event.kind === "chan-recv" && event.direct) console.log(`G_main: recv() = ${event.value}`);
    if (event.kind === "go-ready" && event.g === 2) console.log("             <--- wakes ----");
  });
  const ch = chan<number>();
  go(() => ch.send(42));
  yield* time.sleep(time.Millisecond);
  yield* ch.recv();
  stop();
});
