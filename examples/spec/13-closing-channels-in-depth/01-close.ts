/**
 * Why Do We Need to Close Channels? › How to Close a Channel
 *
 * The sender closes: like the end of a file, it says that nothing more comes.
 */
import { chan, type Go, go, main, range, type SendChan } from "millrace";

function* sender(ch: SendChan<string>): Go {
  yield* ch.send("line 1");
  yield* ch.send("line 2");
  ch.close();
}

main(function* () {
  const ch = chan<string>();
  go(sender, ch);
  for (const r = range(ch); yield* r.next(); ) console.log(r.value);
  console.log("end of file");
});
