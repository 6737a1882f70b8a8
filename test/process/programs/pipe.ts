// Output without end, for a reader that does not want all of it.
import { main, runtime } from "millrace";

main(function* () {
  for (let i = 1; ; i++) {
    console.log("line", i);
    yield* runtime.gosched();
  }
});
