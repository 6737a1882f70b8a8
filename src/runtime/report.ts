/**
 * The way Go reports the end of a program that failed, and below it what JavaScript's errors have that Go's lack: their
 * fields, causes and members, each with its stack, under its path from the error that was thrown.
 *
 *     panic: cannot load the page
 *     	url: '/index'
 *
 *     goroutine 1 [running]:
 *     main()
 *     	/src/page.ts:12:9
 *
 *     cause: TypeError: fetch failed
 *     	code: 'ECONNREFUSED'
 *     load()
 *     	/src/page.ts:5:9
 *
 * Invariants: a report is finite, whatever refers to whatever, and there is one whatever was thrown, be it an error with a
 * getter that throws: nobody would learn of the panic then.
 */
import type { G } from "./g.ts";
import { inspect } from "./host.ts";
import { panickedGoroutine, traceOf } from "./on-panic.ts";
import { ArgumentError, DeadlockError, FatalError, LeakError, Panic, show } from "./panic.ts";
import { programStack } from "./traceback.ts";

/** This many errors are told of below the one that was thrown, */
const MOST = 50;
/** of an AggregateError this many members, */
const MEMBERS = 10;
/** and of an error this many fields. */
const FIELDS = 20;

/** How a panic is reported: `g` is whose it is; `trace` is where, if that was on another thread. */
export function report(error: unknown, g: G | null, trace?: string): string {
  // These two say where every goroutine stands.
  if (error instanceof DeadlockError || error instanceof LeakError) return `fatal error: ${error.message}\n`;
  const kind = error instanceof FatalError ? "fatal error" : "panic";
  const where = trace ?? (g === null ? "" : traceOf(panickedGoroutine(error, g)));
  const parts = [`${kind}: ${headline(error)}`, where, ...below(error)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** What `say` says; undefined when it throws. */
function whatever<T>(say: () => T): T | undefined {
  try {
    return say();
  } catch {
    return undefined;
  }
}

/** What was thrown, and the fields of its own. */
function headline(thrown: unknown): string {
  return whatever(() => summary(thrown) + fields(thrown)) ?? whatever(() => summary(thrown)) ?? show(thrown);
}

function summary(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown === "string" ? thrown : inspect(thrown);
  const { name, message } = thrown;
  // Go's texts and words; what ends a program has said already what it is.
  return name === "Error" || thrown instanceof Panic || thrown instanceof FatalError ? message : `${name}: ${message}`;
}

const isOurs = (error: Error): boolean =>
  error instanceof Panic || error instanceof FatalError || error instanceof ArgumentError;

/** What the host and the report itself tell. */
const TOLD: readonly string[] = ["name", "message", "stack", "cause", "errors"];

/** The error's own fields that are no errors, a line each. Those of the library say nothing that its text does not. */
function fields(thrown: unknown): string {
  if (!(thrown instanceof Error) || isOurs(thrown)) return "";
  const own = Object.keys(thrown).filter((key) => !TOLD.includes(key));
  const keys = "code" in thrown && !own.includes("code") ? ["code", ...own] : own;
  const lines = keys.flatMap((key) => {
    const value = whatever(() => Reflect.get(thrown, key) as unknown);
    if (value === undefined || value instanceof Error) return [];
    return `\n\t${key}: ${whatever(() => inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 500 })) ?? show(value)}`;
  });
  const more = lines.length - FIELDS;
  return lines.slice(0, FIELDS).join("") + (more > 0 ? `\n\t… ${more} more` : "");
}

/** The errors that `top` holds, and what those hold, each with its stack. */
function below(top: unknown): string[] {
  const sections: string[] = [];
  const seen = new Set([top]);
  // From the innermost of one to the next: what belongs together stands together.
  const open = held(top, "").reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, value } = next;
    if (sections.length === MOST) {
      sections.push(`… ${open.length + 1} more`);
      break;
    }
    if (seen.has(value)) {
      sections.push(`${path}: ${headline(value).split("\n", 1)[0]} (see above)`);
      continue;
    }
    if (typeof value === "object") seen.add(value);
    const stack = (value instanceof Error && whatever(() => programStack(value.stack))) || "";
    sections.push(`${path}: ${headline(value)}${stack === "" ? "" : `\n${stack}`}`);
    open.push(...held(value, `${path}.`).reverse());
  }
  return sections;
}

interface Held {
  readonly path: string;
  readonly value: unknown;
}

/** What an error refers to: its cause, its members, fields that are errors. `above` is the path to it, with a dot. */
function held(thrown: unknown, above: string): Held[] {
  if (!(thrown instanceof Error)) return [];
  const all: Held[] = [];
  const add = (key: string, value: unknown): void => void all.push({ path: `${above}${key}`, value });
  const cause = whatever(() => thrown.cause);
  if (cause !== undefined) add("cause", cause);
  const errors = whatever(() => (thrown as Partial<AggregateError>).errors);
  if (Array.isArray(errors)) {
    for (const [i, each] of errors.slice(0, MEMBERS).entries()) add(`errors[${i}]`, each);
    if (errors.length > MEMBERS) add(`errors[${MEMBERS}…]`, `${errors.length - MEMBERS} more`);
  }
  for (const key of whatever(() => Object.keys(thrown)) ?? []) {
    const value = TOLD.includes(key) ? undefined : whatever(() => Reflect.get(thrown, key) as unknown);
    if (value instanceof Error) add(key, value);
  }
  return all;
}
