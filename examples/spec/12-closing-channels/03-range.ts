/**
 * Closing Channels in Go › 5. Ranging Over a Channel
 *
 * The loop ends when the channel is closed and empty. In an async function it is `for await`.
 */
import { chan, go, main, range } from "millrace";

main(function* () {
  const ch = chan<number>(3);
  for (let i = 1; i <= 3; i++) yield* ch.send(i);
  ch.close();

  for (const r = range(ch); yield* r.next(); ) {
    console.log(r.value);
  }

  const words = chan<string>(2);
  yield* words.send("also");
  yield* words.send("async");
  words.close();
  const printer = go(async () => {
    for await (const word of words) console.log(word);
  });
  yield* printer.join();
});
