/** Small programs of kinds that exploration once reported wrongly, with twins: what is right stays silent, what is wrong is said. */
import { chan, go, LeakError, run } from "millrace";
import { Mutex, Once, RWMutex, Semaphore, WaitGroup } from "millrace/sync";
import { type ExploreError, explore, noLeaks, RaceError, race, replay } from "millrace/testing";
import { describe, expect, test } from "vitest";
import { found, thrown } from "../explore-kit.ts";
import { leakKernels } from "./leaks.ts";
import { races } from "./races.ts";
import { starvations } from "./starvation.ts";

/** Makes one of each, so that numbers that are counted over all runs are others afterwards. */
function countOn(): void {
  for (const make of [Mutex, Once, RWMutex, WaitGroup]) new make();
  new Semaphore(1);
  chan();
}

describe.each(races)("a race after hearing through $name", ({ via, program }) => {
  test("is a race, in the same words each time", async () => {
    const error = await found(program(false));
    expect(error.cause).toBeInstanceOf(RaceError);
    const { message } = error.cause as RaceError;
    expect(message).toContain(`was through ${via}`);
    countOn();
    const again = await found(program(false));
    expect([again.message, (again.cause as RaceError).message]).toEqual([error.message, message]);
    const replayed = (await thrown(replay(error.schedule, program(false)))) as ExploreError;
    expect([(replayed.cause as RaceError).message, replayed.timeline]).toEqual([message, error.timeline]);
  });

  test("is none where the write comes before", async () => {
    expect(await explore(program(true))).toMatchObject({ complete: true });
  });
});

test("a thing made outside of the program is not taken for one made in it that has the same number", async () => {
  const outer = chan<number>(1);
  await explore(function* main() {
    const cell = race({ n: 0 }, { name: "cell" });
    for (let i = 0; i < 200; i++) chan<number>(0); // one of them has the number of the other
    const reader = go(function* reader() {
      yield* outer.recv();
      return cell.n;
    });
    cell.n = 1;
    yield* outer.send(1);
    yield* reader.join();
  });
});

describe.each(starvations)("starvation: $name", ({ program, timers }) => {
  const strategies = ["pct", "random", "exhaustive"] as const;

  test("a program that stops is not endless", async () => {
    for (const strategy of strategies) {
      for (const seed of [1, 2, 3]) {
        const result = await explore(program(true), { strategy, seed, runs: 60, ...(timers && { timers }) });
        expect(result.runs).toBeGreaterThan(0);
      }
    }
  });

  test("its twin that never stops is", async () => {
    for (const strategy of strategies) {
      const error = await found(program(false), { strategy, maxSteps: 3000, ...(timers && { timers }) });
      expect(error.kind).toBe("endless");
    }
  });
});

describe.each(leakKernels)("leaks: $name", ({ program, leaks }) => {
  /** What a run, or a block around one, says. */
  const ways = {
    run: (main: () => unknown) => run(main, { leaks: true }),
    noLeaks: async (main: () => unknown) => {
      await using _ = noLeaks();
      await run(main);
    },
  };

  test("nothing leaks where all can go on", async () => {
    for (const way of Object.values(ways)) await way(program(false));
  });

  if (leaks)
    test("the twin leaves one that never can", async () => {
      for (const way of Object.values(ways)) {
        const error = await thrown(way(program(true)));
        expect(error).toBeInstanceOf(LeakError);
        expect((error as LeakError).goroutines.map(({ name, reason }) => `${name} ${reason}`)).toContain(leaks);
      }
    });
});
