/**
 * What is Multiplexing? › 1. Basic Multiplexing Example
 *
 * Main waits on both channels at once and takes each message when it comes.
 */
import { chan, go, main, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const ch1 = chan<string>();
  const ch2 = chan<string>();

  // Goroutines producing messages at different times
  go(function* () {
    yield* time.sleep(1 * time.Second);
    yield* ch1.send("Message from ch1");
  });

  go(function* () {
    yield* time.sleep(2 * time.Second);
    yield* ch2.send("Message from ch2");
  });

  // Listen on both channels
  for (let i = 0; i < 2; i++) {
    const s = yield* select({ msg1: ch1.recv(), msg2: ch2.recv() });
    switch (s.case) {
      case "msg1":
        console.log("Received:", s.value);
        break;
      case "msg2":
        console.log("Received:", s.value);
        break;
    }
  }
});
