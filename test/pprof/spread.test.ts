import fc from "fast-check";
import { expect, test } from "vitest";
import { Spread } from "../../src/pprof/spread.ts";

const ms = fc.double({ min: 0, max: 1e8, noNaN: true });

test("a quantile is right to ten per cent, whatever was added in whatever order", () => {
  fc.assert(
    fc.property(
      fc.array(ms, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (all, q) => {
        const spread = new Spread();
        for (const each of all) spread.add(each);
        const exact = [...all].sort((a, b) => a - b)[Math.ceil(q * all.length) - 1] as number;
        // Below a microsecond there is one bucket.
        expect(Math.abs(spread.quantile(q) - exact)).toBeLessThanOrEqual(Math.max(0.001, exact * 0.1));
        expect(spread.count).toBe(all.length);
        expect(spread.longest).toBe(Math.max(...all));
        expect(spread.bars().reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
      },
    ),
  );
});

test("each is in the bar whose bounds it is between", () => {
  fc.assert(
    fc.property(ms, (each) => {
      const spread = new Spread();
      spread.add(each);
      const [bar] = spread.bars();
      expect(spread.bars()).toHaveLength(1);
      expect(bar?.from).toBeLessThanOrEqual(each * (1 + 1e-9));
      expect(bar?.to).toBeGreaterThanOrEqual(each * (1 - 1e-9));
    }),
  );
});
