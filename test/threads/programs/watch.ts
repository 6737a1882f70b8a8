import { chan, go, listen, main, type RuntimeEvent, runtime } from "millrace";
import { parallel } from "millrace/threads";

const work = parallel(import.meta, "work", function* () {
  const ch = chan<unknown>(1);
  yield* ch.send(() => 1);
  yield* runtime.gosched();
});

main(function* () {
  yield* go(work).join(); // nobody listens
  const seen: RuntimeEvent[] = [];
  const stop = listen((event) => seen.push(event), { threads: true });
  const g = go(work);
  yield* g.join();
  stop();
  const there = seen.filter((event) => "thread" in event);
  console.log(there.map((event) => event.kind).join(" "));
  console.log(there.every((event) => "g" in event && event.g === g.id && (event.thread ?? 0) > 0));
  console.log(seen.some((event) => event.kind === "go-create" && event.name === "work" && event.by === 1));
});
