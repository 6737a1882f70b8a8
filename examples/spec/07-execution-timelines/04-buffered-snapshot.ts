/**
 * Execution timeline › Visual Snapshot › Buffered (capacity = 2)
 *
 * The picture of case 2, drawn after each step of the program from the channel's own fields.
 */
import { chan, go, main } from "millrace";
import * as time from "millrace/time";
import { Hchan } from "../hchan.ts";

main(function* () {
  using h = new Hchan("ch");
  const ch = chan<number>(2, { name: "ch" });
  const buffer = (): string => `${"[x]".repeat(h.qcount)}${"[ ]".repeat(h.dataqsiz - h.qcount)}`;
  const show = (step: string): void =>
    console.log(`Buffer: ${buffer()} sendq: ${h.sendq.join(" ") || "-"}  <- ${step}`);

  const g1 = go(function* () {
    yield* ch.send(1);
    show("send 1");
    yield* ch.send(2);
    show("send 2");
    yield* ch.send(3);
  });
  yield* time.sleep(time.Millisecond);
  show("send 3 blocks");

  const first = yield* ch.recv();
  show(`recv ${first}: slot frees, wakes sender, puts 3 in`);
  const second = yield* ch.recv();
  show(`recv ${second}`);
  const third = yield* ch.recv();
  show(`recv ${third}: empties buffer`);
  yield* g1.join();
});
