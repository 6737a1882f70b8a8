// In debug mode an operation that was made and never performed is reported.
import { chan, main } from "millrace";

main(
  function* () {
    const ch = chan<number>(1, { name: "jobs" });
    ch.send(1);
    console.log(ch.length);
  },
  { debug: true },
);
