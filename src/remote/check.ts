/** What options must be, with an error that says what was given. */
import { ArgumentError, show } from "../runtime/panic.ts";

/** Names of fleets, queues and channels: they become part of the server's names. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

export function checkName(where: string, name: unknown): string {
  if (typeof name === "string" && NAME.test(name)) return name;
  throw new ArgumentError(`${where}: the name must be 1 to 64 letters, digits, - or _, got ${show(name)}`);
}

export function checkOptions(where: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  throw new ArgumentError(`${where}: expected options, got ${show(options)}`);
}

/** Ids and keys of messages. */
export function checkText(where: string, text: unknown): void {
  if (text === undefined) return;
  if (typeof text === "string" && text !== "" && text.length <= 256 && !text.includes("\n")) return;
  throw new ArgumentError(`${where} must be a string of 1 to 256 characters without a line break, got ${show(text)}`);
}

/** The number `value`, or `instead` where none is given. */
export function checkNumber(
  where: string,
  value: number | undefined,
  { least, most = Infinity, whole = false, instead, hint = "" }: Bounds,
): number {
  if (value === undefined) return instead;
  const fits = typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (fits) return value;
  const kind = whole ? "a whole number" : "a number";
  const to = most === Infinity ? "up" : `to ${most}`;
  throw new ArgumentError(`${where} must be ${kind} from ${least} ${to}, got ${show(value)}${hint}`);
}

interface Bounds {
  readonly least: number;
  readonly most?: number;
  readonly whole?: boolean;
  readonly instead: number;
  readonly hint?: string;
}
