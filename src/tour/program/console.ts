/** The console of a browser's thread, written as a process writes it to its terminal. */
import { inspect } from "loupe";
import type { Capture } from "../../inspector/stepper/output.ts";

const METHODS = ["log", "info", "debug", "warn", "error"] as const;

export const captureConsole: Capture = (write) => {
  const before = METHODS.map((method) => console[method]);
  for (const method of METHODS) console[method] = (...args: unknown[]) => write(`${formatted(args)}\n`);
  return () => {
    METHODS.forEach((method, at) => {
      console[method] = before[at] as typeof console.log;
    });
  };
};

/** As `console.log` has it: the first text may say how what follows it is to be written. */
export function formatted([first, ...rest]: readonly unknown[]): string {
  if (typeof first !== "string") return [first, ...rest].map(shown).join(" ");
  const left = [...rest];
  const text = first.replace(/%([sdifjoOc%])/g, (all, how: string) => {
    if (how === "%") return "%";
    if (left.length === 0) return all;
    const value = left.shift();
    if (how === "s") return shown(value);
    if (how === "c") return "";
    if (how === "j") return json(value);
    if (how === "d" || how === "f") return String(number(value));
    if (how === "i") return String(Math.trunc(number(value)));
    return inspect(value);
  });
  return [text, ...left.map(shown)].join(" ");
}

/** What is no number, also a symbol, is NaN: to write something does not fail. */
function number(value: unknown): number {
  try {
    return Number(value);
  } catch {
    return Number.NaN;
  }
}

/** What JSON can't say, like a circle or a bigint, is written as any other value. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch {
    return inspect(value);
  }
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.stack ?? String(value);
  return inspect(value, { depth: 3 });
}
