/** The generator behind a run's choices: uniform for every n, also in its first draws from seeds that are neighbours. */
import { expect, test } from "vitest";
import { Random, Seeded } from "../../src/runtime/strategy.ts";
import { bound, chiSquare } from "../conformance/choice.ts";

test.each([2, 3, 4, 5, 7, 16, 100])("below(%i) is uniform", (n) => {
  for (const seed of [0, 1, -1, 12_345, 2 ** 31 - 1]) {
    const random = new Random(seed);
    const counts = Array<number>(n).fill(0);
    for (let i = 0; i < 2000 * n; i++) {
      const drawn = random.below(n);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    expect(counts.length).toBe(n);
    expect(chiSquare(counts)).toBeLessThan(bound(n - 1));
  }
});

test("the first draws of neighbouring seeds are uniform, and so are pairs of them", () => {
  for (const n of [2, 5]) {
    const first = Array<number>(n).fill(0);
    const pairs = Array<number>(n * n).fill(0);
    for (let seed = 0; seed < 20_000; seed++) {
      const random = new Random(seed);
      const [a, b] = [random.below(n), random.below(n)];
      first[a] = (first[a] as number) + 1;
      pairs[a * n + b] = (pairs[a * n + b] as number) + 1;
    }
    expect(chiSquare(first)).toBeLessThan(bound(n - 1));
    expect(chiSquare(pairs)).toBeLessThan(bound(n * n - 1));
  }
});

test("below(1) is 0, and nothing is ever outside of 0 to n - 1", () => {
  const random = new Random(99);
  for (let i = 0; i < 1000; i++) expect(random.below(1)).toBe(0);
  for (const n of [2, 3, 1000, 2 ** 16, 2 ** 20]) {
    for (let i = 0; i < 2000; i++) {
      const drawn = random.below(n);
      if (!(Number.isInteger(drawn) && drawn >= 0 && drawn < n)) throw new Error(`below(${n}) gave ${drawn}`);
    }
  }
});

test("a seed is its low 32 bits", () => {
  const draw = (seed: number): number[] => {
    const random = new Seeded(seed);
    return Array.from({ length: 20 }, () => random.below(1000));
  };
  expect(draw(5)).toStrictEqual(draw(5 + 2 ** 32));
  expect(draw(5)).not.toStrictEqual(draw(6));
});
