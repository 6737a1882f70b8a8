/**
 * Channels in Go: Under the Hood › 6. Select Statement Internals
 *
 * Several ready cases: each is as likely. None ready: the goroutine waits on all the channels at once, and whichever
 * comes first takes it off the others, which a non-blocking send then finds without a receiver.
 */
import { chan, go, main, runtime, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const a = chan<string>(1);
  const b = chan<string>(1);
  const taken = { a: 0, b: 0 };
  for (let i = 0; i < 1000; i++) {
    a.trySend("x");
    b.trySend("x");
    const s = yield* select({ a: a.recv(), b: b.recv() });
    taken[s.case]++;
  }
  console.log("both were taken more than 400 times of 1000:", taken.a > 400 && taken.b > 400);

  const left = chan<string>(0, { name: "left" });
  const right = chan<string>(0, { name: "right" });
  go(function* chooser() {
    const s = yield* select({ left: left.recv(), right: right.recv() });
    console.log("took", s.value, "from", s.case);
  });
  yield* time.sleep(time.Millisecond);
  console.log("chooser waits in:", runtime.goroutines().find((g) => g.name === "chooser")?.reason);
  console.log("sent on right:", right.trySend("r"));
  console.log("sent on left:", left.trySend("l")); // it has left this queue already
  yield* time.sleep(time.Millisecond);
});
