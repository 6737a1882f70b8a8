/**
 * What is Multiplexing? › 6. Internals of select (CS-Level)
 *
 * A select that waits stands in the queue of every one of its channels. One becomes available, and the goroutine leaves
 * all the others: none of them has a receiver any more.
 */
import { chan, go, main, select } from "millrace";
import * as time from "millrace/time";

main(function* () {
  const channels = Array.from({ length: 16 }, () => chan<string>());

  const chooser = go(function* () {
    const { index, value } = yield* select(channels.map((ch) => ch.recv()));
    console.log("channel", index, "gave", value);
  });
  yield* time.sleep(time.Millisecond); // it waits on all sixteen

  const sent = channels.map((ch) => ch.trySend("hello"));
  console.log("sends that found a receiver:", sent.filter(Boolean).length);
  yield* chooser.join();
});
