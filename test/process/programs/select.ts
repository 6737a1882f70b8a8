// A select over channels that nobody uses, one without cases, and one whose cases are all nil.
import { chan, go, main, select } from "millrace";

main(function* () {
  const a = chan<number>(0, { name: "a" });
  go(function* none() {
    yield* select({});
  });
  go(function* nil() {
    yield* select([null, undefined]);
  });
  yield* select({ a: a.recv(), b: chan<string>().send("b") });
});
