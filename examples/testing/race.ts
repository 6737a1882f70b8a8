/**
 * Races: a cache that two requests fill at the same time, found from the order of operations alone, and its fix.
 *
 *     npx tsx examples/testing/race.ts
 */
import { run } from "millrace";
import { SingleFlight, WaitGroup } from "millrace/sync";
import { type RaceError, race } from "millrace/testing";
import * as time from "millrace/time";

function* fetchUser(id: number) {
  yield* time.sleep(1);
  return { id, name: `user ${id}` };
}

/** Two requests for the same user, who is looked up in a cache first. `once` keeps them from doing it both. */
function* requests(once: SingleFlight<number> | null) {
  const cache = race(new Map<number, { id: number; name: string }>(), { name: "cache" });
  let fetched = 0;
  function* load(id: number) {
    let user = cache.get(id);
    if (user === undefined) {
      fetched++;
      user = yield* fetchUser(id);
      cache.set(id, user);
    }
    return user;
  }
  const wg = new WaitGroup();
  for (let i = 0; i < 2; i++) {
    wg.go(function* request() {
      if (once === null) yield* load(7);
      else yield* once.do(7, () => load(7));
    });
  }
  yield* wg.wait();
  return fetched;
}

const found = await run(() => requests(null)).catch((error: RaceError) => error);
if (typeof found === "object") {
  const [first, second] = found.accesses;
  console.log(`${found.what}: a ${first.kind} and a ${second.kind} that nothing orders`);
}
console.log(`with a single flight: fetched ${await run(() => requests(new SingleFlight()))} time`);
