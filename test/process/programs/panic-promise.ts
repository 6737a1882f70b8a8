// What a promise is rejected with is thrown where it is waited for, and its stack says who waited.
import { type Go, main, wait } from "millrace";

async function fetchIt(): Promise<string> {
  await null;
  throw new Error("no route to host");
}

function* query(): Go<string> {
  return yield* wait(fetchIt());
}

main(function* load() {
  yield* query();
});
