/** The documentation of x/time/rate's `Sometimes`, sentence by sentence. */
import { go } from "millrace";
import { Sometimes, type SometimesOptions } from "millrace/sync";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both } from "../kit/both.ts";

describe("calls the function", () => {
  const cases: readonly [string, SometimesOptions, readonly number[]][] = [
    ["only the first time, by default", {}, [0]],
    ["the first few times", { first: 3 }, [0, 1, 2]],
    ["the first and every third time", { every: 3 }, [0, 3, 6, 9]],
    ["the first two and every fourth time", { first: 2, every: 4 }, [0, 1, 4, 8]],
    ["every 25 milliseconds", { interval: 25 }, [0, 3, 6, 9]],
    ["by whichever rule says so", { first: 2, every: 5, interval: 40 }, [0, 1, 5, 9]],
    ["every time", { every: 1 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ];
  for (const [name, options, expected] of cases) {
    both(name, function* (t) {
      const sometimes = new Sometimes(options);
      const called: number[] = [];
      for (let i = 0; i < 10; i++) {
        yield* t.on(sometimes.do(() => called.push(i)));
        yield* t.on(sleep(10));
      }
      expect(called).toEqual(expected);
    });
  }
});

both("one call at a time: another waits until it has ended", function* (t) {
  const sometimes = new Sometimes({ every: 1 });
  const log: string[] = [];
  const job = (name: string) =>
    go(function* () {
      yield* sometimes.do(function* () {
        log.push(`${name} begins`);
        yield* sleep(1);
        log.push(`${name} ends`);
      });
    });
  const both = [job("a"), job("b")];
  for (const g of both) yield* t.on(g.join());
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

both("a call that throws does not count", function* (t) {
  const sometimes = new Sometimes();
  let thrown: unknown;
  try {
    yield* t.on(
      sometimes.do(() => {
        throw new Error("boom");
      }),
    );
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toEqual(new Error("boom"));
  let called = false;
  yield* t.on(
    sometimes.do(() => {
      called = true;
    }),
  );
  expect(called).toBe(true);
});

test("refuses what is not a number of calls, an interval or a function", () => {
  expect(() => new Sometimes({ first: -1 })).toThrow("new Sometimes: first: expected a whole number from 0 up, got -1");
  expect(() => new Sometimes({ every: 0.5 })).toThrow(
    "new Sometimes: every: expected a whole number from 0 up, got 0.5",
  );
  expect(() => new Sometimes({ interval: "1" as never })).toThrow("new Sometimes: interval: expected a duration");
  expect(() => new Sometimes().do(null as never)).toThrow("go of nil func value");
});
