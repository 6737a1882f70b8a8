/**
 * Buffered channels in Go › Common pitfalls & gotchas › Large struct values
 *
 * Go copies a struct into the buffer. JavaScript passes a reference, whatever the size: nothing is copied, and a sender
 * that writes to the object after the send changes what the receiver gets. Hand it over and let go of it.
 */
import { chan, main } from "millrace";

interface Report {
  title: string;
  pages: Uint8Array;
}

main(function* () {
  const ch = chan<Report>(1);
  const report: Report = { title: "draft", pages: new Uint8Array(1 << 20) };

  yield* ch.send(report);
  report.title = "changed after the send";

  const received = yield* ch.recv();
  console.log("the same object:", received === report);
  console.log(received?.title);
});
