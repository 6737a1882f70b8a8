// What a promise is rejected with is thrown where it is waited for.
import { main, wait } from "millrace";

async function fetchIt(): Promise<string> {
  await null;
  throw new Error("no route to host");
}

main(function* () {
  yield* wait(fetchIt());
});
