// The second send to a channel with room for one.
import { chan, main } from "millrace";

main(function* producer() {
  const full = chan<number>(1, { name: "full" });
  yield* full.send(1);
  yield* full.send(2);
});
