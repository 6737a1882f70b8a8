// run() at the top level of a module rejects, and that is an error like any other.
import { chan, run } from "millrace";

try {
  await run(function* () {
    yield* chan<number>(0, { name: "top" }).recv();
  });
} catch (error) {
  console.log(error instanceof Error ? error.message.split("\n")[0] : error);
}
await run(function* uncaught() {
  yield* chan<number>().recv();
});
