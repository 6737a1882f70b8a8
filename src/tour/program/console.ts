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
    if (how === "j") return JSON.stringify(value) ?? "undefined";
    if (how === "d" || how === "f") return String(Number(value));
    if (how === "i") return String(Math.trunc(Number(value)));
    return inspect(value);
  });
  return [text, ...left.map(shown)].join(" ");
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.stack ?? String(value);
  return inspect(value, { depth: 3 });
}
