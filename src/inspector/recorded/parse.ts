/**
 * A recorded trace, read: what `millrace run --trace` and the flight recorder write, as far as it is there.
 *
 * It may come from anybody, and it may have been cut off: a program that is killed leaves its last line half written. So a
 * last line that is none is left out, and everything else that is no trace is an error that says where and what. Lines are
 * read one by one, because as one value a trace takes ten times its size; a file that is all one line is read as such.
 */
import { ArgumentError, show } from "../../runtime/panic.ts";

/** One event of the format, checked. Times are microseconds. */
export interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly cat: string;
  readonly id: number;
  readonly name: string;
  /** What a name, a counter's value or a note says. */
  readonly args: { readonly name: string; readonly value: number; readonly note: string };
}

/** The longest name that is kept. */
const MOST_TEXT = 2_000;
/** Runs and goroutines have smaller numbers, and so has time. */
const MOST_NUMBER = 2 ** 31;
const MOST_TIME = 2 ** 52;

/**
 * Calls `take` with each event.
 *
 * @throws ArgumentError for what is no trace
 */
export function parseTrace(text: string, take: (event: TraceEvent) => void): void {
  if (typeof text !== "string") throw new ArgumentError(`a trace is text, got ${show(text)}`);
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const first = text.indexOf("\n", start);
  if (first < 0 || text.slice(start, first).trim() !== "[") {
    parseWhole(text.slice(start), take);
    return;
  }
  let line = 1;
  for (let at = first + 1; at < text.length; line++) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const piece = text.slice(at, end).trim().replace(/,$/, "");
    at = end + 1;
    if (piece === "" || piece === "]") continue;
    let value: unknown;
    try {
      value = JSON.parse(piece);
    } catch {
      if (at >= text.length) return; // cut off
      throw new ArgumentError(`a trace: line ${line + 1} is no event: ${show(piece)}`);
    }
    take(check(value, `line ${line + 1}`));
  }
}

function parseWhole(text: string, take: (event: TraceEvent) => void): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ArgumentError(`a trace is JSON, got ${show(text.slice(0, 60))}: ${(error as Error).message}`);
  }
  const events = Array.isArray(value) ? value : (value as { readonly traceEvents?: unknown } | null)?.traceEvents;
  if (!Array.isArray(events)) throw new ArgumentError(`a trace is a list of events, got ${show(value)}`);
  for (const [i, event] of events.entries()) take(check(event, `event ${i}`));
}

function check(value: unknown, where: string): TraceEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ArgumentError(`a trace: ${where} is no event but ${show(value)}`);
  }
  const given = value as Readonly<Record<string, unknown>>;
  const number = (key: string, most: number): number => {
    const n = given[key] ?? 0;
    if (typeof n === "number" && n >= 0 && n < most) return n;
    throw new ArgumentError(`a trace: ${where}: ${key}: expected a number from 0 to ${most}, got ${show(n)}`);
  };
  const text = (of: Readonly<Record<string, unknown>>, key: string): string => {
    const string = of[key] ?? "";
    if (typeof string === "string") return string.slice(0, MOST_TEXT);
    throw new ArgumentError(`a trace: ${where}: ${key}: expected a string, got ${show(string)}`);
  };
  const args = typeof given.args === "object" && given.args !== null ? (given.args as Record<string, unknown>) : {};
  return {
    ph: text(given, "ph"),
    pid: Math.floor(number("pid", MOST_NUMBER)),
    tid: Math.floor(number("tid", MOST_NUMBER)),
    ts: number("ts", MOST_TIME),
    dur: number("dur", MOST_TIME),
    cat: text(given, "cat"),
    id: typeof given.id === "number" ? given.id : 0,
    name: text(given, "name"),
    args: {
      name: text(args, "name"),
      value: typeof args.value === "number" ? args.value : 0,
      note: text(args, "note"),
    },
  };
}
