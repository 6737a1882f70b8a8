// SIGQUIT shows the goroutines of all runs.
import { chan, go, main, run } from "millrace";

go(function* background() {
  yield* chan<number>().recv();
});
main(async () => {
  void run(
    function* inner() {
      yield* chan<number>().send(1);
    },
    { name: "requests" },
  );
  setImmediate(() => console.log("ready"));
  setInterval(() => {}, 1000);
  await new Promise(() => {});
});
