/** What Node's console shows of a channel and a goroutine: what a user asks, not what is inside the runtime. */
import { inspect } from "node:util";
import { chan, go, run } from "millrace";
import { expect, test } from "vitest";

test("a channel shows its name, what it holds and whether it is closed", () => {
  const jobs = chan<number>(3, { name: "jobs" });
  jobs.trySend(1);
  expect(inspect({ jobs })).toBe('{ jobs: Chan "jobs" { length: 1, capacity: 3 } }');
  jobs.close();
  expect(inspect(jobs)).toBe('Chan "jobs" { length: 1, capacity: 3, closed }');
  expect(inspect(chan())).toBe("Chan { length: 0, capacity: 0 }");
});

test("a goroutine shows its number and its name", async () => {
  await run(function* () {
    const g = go(function* worker() {});
    expect(inspect([g])).toBe("[ Goroutine 2 (worker) ]");
    yield* g.join();
  });
});
