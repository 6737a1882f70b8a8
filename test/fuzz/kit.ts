/**
 * Fuzz targets: one for each reader of what comes from outside. In `npm test` each gets a fixed seed and some hundred tries;
 * `npm run fuzz -- --minutes N` gives them new seeds and shares the time out. A failure says its seed and the smallest input.
 */
import fc from "fast-check";
import { it } from "vitest";

/** How long each target is tried, in seconds; 0 for the tries of a test. */
const seconds = Number(process.env.FUZZ_SECONDS ?? 0);

/** Tries `check` on what `input` makes. It fails by throwing. */
export function fuzz<T>(name: string, input: fc.Arbitrary<T>, check: (value: T) => unknown, tries = 1000): void {
  const property = fc.asyncProperty(input, async (value) => void (await check(value)));
  const parameters: fc.Parameters<[T]> =
    seconds === 0
      ? { numRuns: tries, seed: 1 }
      : { numRuns: 1e9, interruptAfterTimeLimit: 1000 * seconds, markInterruptAsFailure: false };
  it(name, { timeout: 1000 * seconds + 60_000 }, async () => {
    await fc.assert(property, parameters);
  });
}

/** What happens to a text on its way: parts are lost, doubled, replaced, and put elsewhere. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(8),
    by: fc.oneof(
      fc.string({ maxLength: 6, unit: "binary" }),
      fc.constantFrom("", "0", "-1", "1e9", "\0", "__proto__", "=", ","),
    ),
  });
  return fc.tuple(text, fc.array(change, { maxLength: 5 })).map(([whole, changes]) => {
    let result = whole;
    for (const { at, length, by } of changes) {
      const place = Math.floor(at * result.length);
      result = result.slice(0, place) + by + result.slice(place + length);
    }
    return result;
  });
}

/** Throws unless nothing has come onto the prototype that all objects have. */
export function unpolluted(): void {
  const added = Reflect.ownKeys(Object.prototype).length - CLEAN;
  if (added !== 0) throw new Error("something was put onto Object.prototype");
}
const CLEAN = Reflect.ownKeys(Object.prototype).length;
