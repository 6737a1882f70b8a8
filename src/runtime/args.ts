/**
 * The checks of what programs give: each refuses a bad value at the call, with where it was given, what was expected there
 * and what it is: `chan: capacity: expected a whole number from 0 up, got -1`. There is one wording, so a check that is not
 * here uses `unexpected` for its error. They give back what is good.
 */
import { ArgumentError, Panic, show } from "./panic.ts";

/** The error for `got`, which was given at `where` in place of what was expected. */
export function unexpected(where: string, expected: string, got: unknown): ArgumentError {
  return new ArgumentError(`${where}: expected ${expected}, got ${show(got)}`);
}

/** Refuses what can't be called. Where a function is missing altogether, that is Go's panic. */
export function callable(where: string, fn: unknown, expected = "a function"): void {
  if (typeof fn === "function") return;
  if (fn === null || fn === undefined) throw new Panic("NIL_FUNCTION", `${where}: got ${String(fn)}`);
  throw unexpected(where, expected, fn);
}

/** Refuses an option that is given and can't be called. */
export function callback(where: string, fn: unknown, expected = "a function"): void {
  if (fn !== undefined && typeof fn !== "function") throw unexpected(where, expected, fn);
}

/** Refuses what is not a whole number from `least` to `most`. Infinity is one only where it is the most. */
export function whole(
  where: string,
  n: number,
  least: number = -Infinity,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if ((Number.isSafeInteger(n) || n === Infinity) && n >= least && n <= most) return n;
  throw unexpected(where, `a whole number${range(least, most)}${most === Infinity ? ", or Infinity" : ""}`, n);
}

/** Refuses what is not a number from `least` to `most`. Infinity is one, unless `most` says otherwise. */
export function amount(where: string, n: number, least: number = -Infinity, most: number = Infinity): number {
  if (typeof n === "number" && n >= least && n <= most) return n;
  const kind = most === Number.MAX_VALUE ? "a finite number" : "a number";
  throw unexpected(where, `${kind}${range(least, most)}`, n);
}

/** Refuses what is not a number above 0. */
export function positive(where: string, n: number): number {
  if (typeof n === "number" && n > 0) return n;
  throw unexpected(where, "a number above 0", n);
}

/** Refuses what is not a duration in milliseconds from `least` up; Infinity is one. */
export function millis(where: string, ms: number, least = 0): number {
  if (typeof ms === "number" && ms >= least) return ms;
  throw unexpected(where, `a duration in milliseconds${least > -Infinity ? ` from ${least} up` : ""}`, ms);
}

/** Refuses what is not a number of values up to `most` that a channel can have room for, with Go's panic where it is a number. */
export function checkCapacity(where: string, n: number, most: number): void {
  if (Number.isInteger(n) && n >= 0 && n <= most) return;
  if (typeof n !== "number") throw unexpected(`${where}: capacity`, "a number", n);
  throw new Panic("CHAN_SIZE", `expected a whole number from 0 to ${most}, got ${n}`);
}

/** Refuses what is not one of `words`. */
export function oneOf<W extends string | boolean>(where: string, value: W, words: readonly W[]): W {
  if (words.includes(value)) return value;
  const [last, ...rest] = words.map(show).reverse();
  throw unexpected(where, `${rest.reverse().join(", ")} or ${last}`, value);
}

/** Refuses what is not true or false. */
export function flag(where: string, value: boolean): boolean {
  return oneOf(where, value, [true, false]);
}

/** Refuses what is not a string. */
export function text(where: string, value: string): string {
  if (typeof value === "string") return value;
  throw unexpected(where, "a string", value);
}

/** Refuses what is not an object with options, such as `names` names. */
export function checkOptions(where: string, given: unknown, names: string): void {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return;
  throw unexpected(where, `options like { ${names} }`, given);
}

function range(least: number, most: number): string {
  if (least === -Infinity) return most < Number.MAX_SAFE_INTEGER ? ` up to ${most}` : "";
  return most >= Number.MAX_SAFE_INTEGER ? ` from ${least} up` : ` from ${least} to ${most}`;
}
