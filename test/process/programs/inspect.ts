/** Two workers and a lock, then the end that its argument says. It goes on when its standard input ends. */
import { chan, go, main } from "millrace";
import { fromEvent } from "millrace/interop";
import { Mutex } from "millrace/sync";

const [, , how] = process.argv;

main(function* () {
  const jobs = chan<string>(2, { name: "jobs" });
  const mu = new Mutex();
  for (const name of ["a", "b"]) {
    go(function* worker() {
      yield* mu.lock();
      yield* chan<void>(0, { name: `never ${name}` }).recv();
    });
  }
  yield* jobs.send("tea");
  console.log("ready");
  const input = fromEvent(process.stdin.resume(), "end");
  yield* input.recv();
  if (how === "panic") throw new Error("something broke");
  if (how === "spin") for (;;);
  if (how === "deadlock") {
    process.stdin.destroy();
    yield* chan<void>(0, { name: "nothing" }).send();
  }
});
