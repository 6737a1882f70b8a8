// A promise that nobody can settle any more.
import { main, wait } from "millrace";

main(function* () {
  yield* wait(new Promise<void>(() => {}));
});
