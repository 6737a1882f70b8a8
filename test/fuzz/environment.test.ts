/** What whoever starts a program says in the environment: it is a number that means what it says, or refused by name. */
import fc from "fast-check";
import { ArgumentError, runtime } from "millrace";
import { afterEach, expect } from "vitest";
import { seeded } from "../../src/runtime/run.ts";
import { damaged, fuzz } from "./kit.ts";

afterEach(() => {
  delete process.env.MILLRACE_SEED;
  delete process.env.MILLRACE_THREADS;
});

const number = fc.oneof(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer(), fc.nat(300)).map(String);
const text = fc.oneof(
  number,
  damaged(number),
  fc.constantFrom("1e3", "0x10", " 7", "7 ", "+7", "-", "NaN", "Infinity", "٣", "9".repeat(400)),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/** The number that a text stands for, digit by digit; undefined where it is none. */
function meant(said: string, sign: RegExp): number | undefined {
  if (!sign.test(said)) return undefined;
  const n = Number(said);
  return Number.isFinite(n) && BigInt(n) === BigInt(said) && Math.abs(n) < 2 ** 53 ? n : undefined;
}

function refusal(act: () => unknown): string {
  try {
    act();
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message;
  }
}

fuzz("a seed is the whole number that is written, or main does not begin", text, (given) => {
  process.env.MILLRACE_SEED = given;
  const said = process.env.MILLRACE_SEED; // the host may have cut it short
  const n = meant(said, /^-?[0-9]+$/);
  if (said === "") expect(seeded({ seed: 3 })).toEqual({ seed: 3 });
  else if (n !== undefined) expect(seeded({ seed: 3 })).toEqual({ seed: n });
  else expect(refusal(() => seeded({}))).toMatch(/^MILLRACE_SEED: expected a whole number, got /);
});

// What it was first is kept, so the number itself is read once; before that, all that is none is refused.
fuzz("threads are a whole number, or asking for them fails", text, (given) => {
  process.env.MILLRACE_THREADS = given;
  const said = process.env.MILLRACE_THREADS;
  if (said === "" || meant(said, /^[1-9][0-9]*$/) !== undefined) return;
  expect(refusal(() => runtime.gomaxprocs())).toMatch(/^MILLRACE_THREADS: expected a whole number, got /);
});
