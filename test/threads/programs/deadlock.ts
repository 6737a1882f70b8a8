import { chan, go, main } from "millrace";
import { parallel } from "millrace/threads";
import { sleep } from "millrace/time";

const stuck = parallel(import.meta, "stuck", function* (ms: number) {
  yield* sleep(ms);
  go(function* inner() {
    yield* chan<number>(0, { name: "mine" }).send(1);
  });
  yield* chan<number>(0, { name: "never" }).recv();
});

main(function* () {
  go(stuck, 1);
  const g = go(stuck, 50);
  yield* g.join();
});
