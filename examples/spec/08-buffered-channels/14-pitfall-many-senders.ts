/**
 * Buffered channels in Go › Common pitfalls & gotchas › Mixing close and multiple senders
 *
 * One of two senders closes the channel when it is done; the other, still at work, panics.
 */
import { chan, type Go, go, main, range, type SendChan } from "millrace";
import * as time from "millrace/time";

function* sender(name: string, count: number, out: SendChan<string>): Go {
  for (let i = 1; i <= count; i++) {
    yield* out.send(`${name} ${i}`);
    yield* time.sleep(10 * time.Millisecond);
  }
  out.close(); // ❌ the other one may still send
}

main(function* () {
  const ch = chan<string>(4);
  go(sender, "short", 1, ch);
  go(sender, "long", 3, ch);
  for (const r = range(ch); yield* r.next(); ) console.log(r.value);
  yield* time.sleep(time.Second); // main has more to do, else the program could end before the other one wakes
});
