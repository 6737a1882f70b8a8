/** Hands one value over and then ends as its argument says; what waits for a signal is ready when it waits. */
import { chan, go, main } from "millrace";
import { sleep } from "millrace/time";

const [, , how] = process.argv;

main(
  function* () {
    const results = chan<number>(0, { name: "results" });
    go(function* worker() {
      yield* results.send(1);
    });
    yield* results.recv();
    const signals = chan<void>(1, { name: "signals" });
    if (how === "handle") process.once("SIGTERM", () => void signals.trySend());
    if (how === "wait" || how === "handle") setImmediate(() => console.log("ready"));
    else console.log("ready");
    if (how === "panic") throw new Error("something broke");
    if (how === "deadlock") yield* results.recv();
    if (how === "leak")
      go(function* stuck() {
        yield* results.recv();
      });
    if (how === "leak") yield* sleep(1);
    if (how === "wait") yield* sleep(60_000);
    if (how === "handle") {
      const open = setInterval(() => {}, 1000);
      yield* signals.recv();
      clearInterval(open);
      console.log("handled");
    }
  },
  { leaks: how === "leak", seed: 1 }, // a seed, so that a slow machine preempts nobody,
);
