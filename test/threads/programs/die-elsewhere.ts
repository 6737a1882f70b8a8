import { chan, go, main, type SendChan } from "millrace";
import { parallel, sharedChan } from "millrace/threads";

// Started by a goroutine that is on another thread than main: main knows nothing of it.
const victim = parallel(import.meta, "victim", function* (meeting: SharedArrayBuffer, ready: SendChan<string>) {
  Atomics.store(new Int32Array(meeting), 0, 1);
  Atomics.notify(new Int32Array(meeting), 0);
  yield* ready.send("victim");
  if (process.argv[2] === "closure") {
    go(function* closure() {
      yield* chan<void>().recv();
    });
  } else yield* chan<void>().recv();
});
const starter = parallel(import.meta, "starter", function* (meeting: SharedArrayBuffer, ready: SendChan<string>) {
  go(victim, meeting, ready);
  Atomics.wait(new Int32Array(meeting), 0, 0); // this thread takes nothing until the other one has begun
  yield* ready.send("starter");
  yield* chan<void>().recv();
});
const end = parallel(import.meta, "end", () => process.exit(4));

main(function* () {
  const ready = sharedChan<string>();
  go(starter, new SharedArrayBuffer(4), ready);
  console.log([yield* ready.recv(), yield* ready.recv()].sort().join());
  // Each thread has one goroutine that waits, so whichever takes this one dies with one of the two.
  go(end);
  yield* chan<void>().recv();
});
