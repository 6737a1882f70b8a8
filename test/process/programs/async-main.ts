// An async main that awaits an operation.
import { chan, main } from "millrace";

main(async () => {
  await chan<number>(0, { name: "never" }).recv();
});
