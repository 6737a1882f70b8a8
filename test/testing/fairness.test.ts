/** Who has to let others go first, whatever a schedule would rather do. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Fairness, PATIENCE } from "../../src/testing/explore/fairness.ts";

test("whoever is chosen, each one that stays runnable gets its turn within the bound, and sooner each time", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.array(fc.nat(100), { minLength: 1, maxLength: 50 }), (n, picks) => {
      const fairness = new Fairness(PATIENCE);
      fairness.reset();
      let waited = 0;
      const waits: number[] = [];
      for (let step = 0; step < 4000; step++) {
        const runnable = Array.from({ length: n }, (_, id) => id);
        fairness.narrow(runnable);
        expect(runnable.length).toBeGreaterThan(0);
        // Anybody but the last one, if possible.
        const others = runnable.filter((id) => id !== n - 1);
        const id =
          others.length === 0 ? n - 1 : (others[(picks[step % picks.length] as number) % others.length] as number);
        fairness.step(id, false);
        if (id !== n - 1) waited++;
        else {
          waits.push(waited);
          waited = 0;
        }
      }
      expect(waits[0]).toBeLessThanOrEqual((n - 1) * PATIENCE);
      expect(waits.at(-1)).toBeLessThanOrEqual(n - 1);
    }),
    { numRuns: 50, seed: 3 },
  );
});

test("one that yields twice in a row goes behind those that were runnable at the first time", () => {
  const fairness = new Fairness(PATIENCE);
  fairness.reset();
  const may = (): number[] => {
    const runnable = [1, 2, 3];
    fairness.narrow(runnable);
    return runnable;
  };
  may();
  fairness.step(1, true);
  expect(may()).toEqual([1, 2, 3]);
  fairness.step(1, true);
  expect(may()).toEqual([2, 3]);
  fairness.step(2, true);
  fairness.step(2, true);
  expect(may()).toEqual([3]); // neither of the two that poll
  fairness.step(3, false);
  expect(may()).toEqual([1, 3]); // 1 has waited since before the first yield of 2
});
