/** Reports of panics end, whatever was thrown: the goldens of `test/process` say how they look. */
import { expect, test } from "vitest";
import { Panic } from "../../src/runtime/panic.ts";
import { report } from "../../src/runtime/report.ts";

/** The first line of each part of a report. */
const heads = (error: unknown): string[] =>
  report(error, null)
    .split("\n\n")
    .map((part) => part.split("\n", 1)[0] as string);

test("a chain of causes is told of to a depth, and how many there are more of what was seen", () => {
  let error = new Error("cause 100");
  for (let n = 99; n >= 0; n--) error = new Error(`cause ${n}`, { cause: error });
  const told = heads(error);
  expect(told).toHaveLength(52);
  expect(told.slice(0, 3)).toEqual(["panic: cause 0", "cause: cause 1", "cause.cause: cause 2"]);
  expect(told.at(-1)).toBe("… 1 more");
});

test("what refers to itself is told of once", () => {
  const error = new Error("round");
  error.cause = error;
  expect(heads(error)).toEqual(["panic: round", "cause: round (see above)"]);
  const [a, b] = [new Error("a"), new Error("b")];
  a.cause = b;
  b.cause = new AggregateError([a, b], "both");
  expect(heads(a)).toEqual([
    "panic: a",
    "cause: b",
    "cause.cause: AggregateError: both",
    "cause.cause.errors[0]: a (see above)",
    "cause.cause.errors[1]: b (see above)",
  ]);
});

test("fields: own and enumerable ones, `code` in any case, twenty at most, those that are errors with their stack", () => {
  class Coded extends Error {
    get code(): string {
      return "E_GETTER";
    }
  }
  expect(report(new Coded("coded"), null)).toBe("panic: coded\n\tcode: 'E_GETTER'\n");
  const many = Object.assign(
    new Error("many"),
    Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`field${n}`, n])),
  );
  const lines = report(many, null).trimEnd().split("\n");
  expect(lines).toHaveLength(22);
  expect(lines.slice(-2)).toEqual(["\tfield19: 19", "\t… 5 more"]);
  expect(heads(Object.assign(new Error("retry"), { last: new RangeError("last") }))).toEqual([
    "panic: retry",
    "last: RangeError: last",
  ]);
  const { stack } = new Error("long");
  expect(report(Object.assign(new Error("long"), { text: "x".repeat(10_000), stack }), null).length).toBeLessThan(2000);
});

test("a panic of the library has no fields: its text is Go's", () => {
  expect(report(new Panic("CLOSE_OF_CLOSED"), null)).toBe("panic: close of closed channel\n");
});

test("whatever throws when it is looked at is left out", () => {
  const fails = (): never => {
    throw new Error("hostile");
  };
  const error = new AggregateError([], "hostile");
  for (const key of ["cause", "errors", "stack", "code", "field"]) {
    Object.defineProperty(error, key, { enumerable: true, get: fails });
  }
  expect(report(error, null)).toBe("panic: AggregateError: hostile\n");
  const proxy = new Proxy(new Error("proxy"), { ownKeys: fails });
  expect(report(proxy, null)).toBe("panic: proxy\n");
});
