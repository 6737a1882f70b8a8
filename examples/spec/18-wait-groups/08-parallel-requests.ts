/**
 * What Is a WaitGroup? › Real-World Example — Parallel Web Requests
 *
 * Three requests of two seconds, all under way at once.
 */
import { defer, type Go, go, main } from "millrace";
import { WaitGroup } from "millrace/sync";
import * as time from "millrace/time";

function* fetchData(api: string, wg: WaitGroup): Go {
  using _ = defer(() => wg.done());
  console.log("Fetching:", api);
  yield* time.sleep(2 * time.Second);
  console.log("✅ Done:", api);
}

main(function* () {
  const wg = new WaitGroup();
  const apis = ["API-1", "API-2", "API-3"];

  for (const api of apis) {
    wg.add(1);
    go(fetchData, api, wg);
  }

  yield* wg.wait();
  console.log("All API calls finished!");
});
