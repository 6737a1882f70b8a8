// Without main the signals are the host's.
import { chan, run } from "millrace";

setInterval(() => {}, 1000);
await run(function* () {
  setImmediate(() => console.log("ready"));
  yield* chan<number>().recv();
});
