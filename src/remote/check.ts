/** What options must be, with an error that says what was given. */
import { amount, unexpected, whole } from "../runtime/args.ts";

/** Names of fleets, queues and channels: they become part of the server's names. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

export function checkName(where: string, name: unknown): string {
  if (typeof name === "string" && NAME.test(name)) return name;
  throw unexpected(`${where}: name`, "1 to 64 letters, digits, - or _", name);
}

/** Ids and keys of messages. */
export function checkText(where: string, text: unknown): void {
  if (text === undefined) return;
  if (typeof text === "string" && text !== "" && text.length <= 256 && !text.includes("\n")) return;
  throw unexpected(where, "a string of 1 to 256 characters without a line break", text);
}

/** The number `value`, or `instead` where none is given. */
export function checkNumber(where: string, value: number | undefined, bounds: Bounds): number {
  if (value === undefined) return bounds.instead;
  const { least, most } = bounds;
  return bounds.whole === true ? whole(where, value, least, most) : amount(where, value, least, most);
}

interface Bounds {
  readonly least: number;
  readonly most?: number | undefined;
  readonly whole?: boolean | undefined;
  readonly instead: number;
}
