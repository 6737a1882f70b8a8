// Goroutines in all states, until a signal comes: it is ready when all stand where they wait. With "listen" the program
// handles SIGINT itself, the first time.
import { chan, type Go, go, main, runtime, select, wait } from "millrace";
import { Hour, sleep } from "millrace/time";

function* spin(): Go {
  while (true) yield* runtime.gosched();
}

let begun = 0;

function whenAllWait(): void {
  if (begun === 4) console.log("ready");
  else setImmediate(whenAllWait);
}

main(
  function* () {
    const jobs = chan<number>(0, { name: "jobs" });
    const how = process.argv[2];
    if (how === "listen") {
      process.once("SIGINT", () => {
        console.log("cleaning up");
        setTimeout(() => process.kill(process.pid, "SIGINT"), 10);
      });
    }
    if (how === "spin") go(spin);
    go(function* sleeper() {
      begun++;
      yield* sleep(Hour);
    });
    go(function* receiver() {
      begun++;
      yield* jobs.recv();
    });
    go(async function awaiter() {
      begun++;
      await new Promise((resolve) => setTimeout(resolve, 3_600_000));
    });
    go(function* selecter() {
      begun++;
      yield* select({ job: jobs.recv(), late: wait(new Promise(() => {})) });
    });
    setImmediate(whenAllWait);
    yield* chan<number>().send(1);
  },
  { debug: process.argv[2] === "debug", seed: 1 },
);
