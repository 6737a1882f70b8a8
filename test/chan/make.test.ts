/** Bad input for `chan`: it fails at the call, and the message names the value. */
import { ArgumentError, type Chan, chan, Panic } from "millrace";
import { expect, test } from "vitest";

const make = chan as unknown as (...args: unknown[]) => Chan<number>;

function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return "nothing was thrown";
}

test.each([
  [-1, "-1"],
  [1.5, "1.5"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
  [2 ** 32, "4294967296"],
  [Number.MAX_SAFE_INTEGER, "9007199254740991"],
  [1e300, "1e+300"],
  [-0.5, "-0.5"],
])("capacity %s panics with Go's text and the value", (capacity, shown) => {
  const error = thrownBy(() => make(capacity));
  expect(error).toBeInstanceOf(Panic);
  expect((error as Panic).code).toBe("CHAN_SIZE");
  expect((error as Panic).message).toContain("makechan: size out of range");
  expect((error as Panic).message).toContain(shown);
});

test.each([
  ["3", '"3"'],
  [10n, "10n"],
  [null, "null"],
  [true, "true"],
  [{}, "an object"],
  [[3], "an array of 1"],
  [() => 3, "function"],
])("capacity %o, which is no number, is refused", (capacity, shown) => {
  const error = thrownBy(() => make(capacity));
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as ArgumentError).code).toBe("BAD_ARGUMENT");
  expect((error as ArgumentError).message).toContain("capacity");
  expect((error as ArgumentError).message).toContain(shown);
});

test("0, undefined and none are unbuffered; -0 is 0", () => {
  for (const ch of [make(), make(undefined), make(0), make(-0)]) expect(ch.capacity).toBe(0);
});

test("a huge capacity costs nothing until it is used", () => {
  const before = process.memoryUsage().heapUsed;
  const all = Array.from({ length: 100 }, () => make(2 ** 32 - 1));
  expect(all[99]?.capacity).toBe(2 ** 32 - 1);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
  for (const ch of all) expect(ch.trySend(1)).toBe(true);
});

test.each([null, 5, "name"])("options %o are refused", (options) => {
  expect(thrownBy(() => make(0, options))).toBeInstanceOf(ArgumentError);
});

test("a name that is no string is refused", () => {
  expect(thrownBy(() => make(0, { name: 5 }))).toBeInstanceOf(ArgumentError);
});
