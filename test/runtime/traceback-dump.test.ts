/** What a dump of many goroutines costs. */
import { chan, type Go, go, run, runtime } from "millrace";
import { expect, it } from "vitest";

/** How many stacks are written out while `fn` runs. */
function written(fn: () => void): number {
  const { prepareStackTrace } = Error;
  let n = 0;
  Error.prepareStackTrace = (error, sites) => {
    n++;
    return prepareStackTrace?.(error, sites) ?? `${String(error)}${sites.map((site) => `\n    at ${site}`).join("")}`;
  };
  try {
    fn();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  return n;
}

it("a dump writes out one stack a goroutine, and what it needs to read them once", async () => {
  await run(function* () {
    const ch = chan<number>(0, { name: "work" });
    function* inner(): Go<void> {
      yield* ch.recv();
    }
    function* worker(): Go<void> {
      yield* inner();
    }
    for (let i = 0; i < 100; i++) go(worker);
    yield* runtime.gosched();
    let infos: ReturnType<typeof runtime.goroutines> = [];
    expect(written(() => (infos = runtime.goroutines()))).toBeLessThan(110);
    const stacks = new Set(infos.filter(({ name }) => name === "worker").map(({ stack }) => stack));
    // All stand at one place, and nothing of the library's is left in it.
    expect([...stacks]).toEqual([expect.stringMatching(/^inner\(\)\n\t\S+dump\.test\.ts:\d+:\d+\nworker\(\)\n\t\S+$/)]);
  });
});
