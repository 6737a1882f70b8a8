/**
 * Errors on their way to another thread: class, message, stack, cause and fields arrive.
 *
 * The class is the nearest one, from the error's own up, that has a name here: the built-in ones and those of this
 * library have, others can be given one. The receiver makes a true error and gives it that prototype, so no constructor
 * runs, whatever it would have wanted. What stands for something by identity, `context.Canceled` for one, arrives as itself.
 */

import { Canceled, DeadlineExceeded } from "../../context/errors.ts";
import { unexpected } from "../../runtime/args.ts";
import { ArgumentError, FatalError, Goexit, NotInGoroutineError, Panic } from "../../runtime/panic.ts";

/** A class of errors. */
export type ErrorClass = new (...args: never[]) => Error;

const names: Map<object, string> = new Map();
const prototypes: Map<string, object> = new Map();
const sentinels: Map<string, Error> = new Map([
  ["context.Canceled", Canceled],
  ["context.DeadlineExceeded", DeadlineExceeded],
]);

/** Gives a class of errors a name under which all threads that did the same know it. */
export function registerError(name: string, errorClass: ErrorClass): void {
  if (typeof errorClass !== "function" || !(errorClass.prototype instanceof Error)) {
    throw unexpected("registerError", "a class of errors", errorClass);
  }
  names.set(errorClass.prototype as object, name);
  prototypes.set(name, errorClass.prototype as object);
}

names.set(Error.prototype, "Error");
prototypes.set("Error", Error.prototype);
const builtIn: readonly ErrorClass[] = [
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
];
for (const each of builtIn) registerError(each.name, each);
registerError("millrace.Panic", Panic);
registerError("millrace.FatalError", FatalError);
registerError("millrace.ArgumentError", ArgumentError);
registerError("millrace.NotInGoroutineError", NotInGoroutineError);
registerError("millrace.Goexit", Goexit);

/** The prototype of the class of errors with that name; undefined if there is none. */
export function errorClass(name: string): object | undefined {
  return prototypes.get(name);
}

const DOM = "DOMException";
/** Between this, the name and the message of one: they are insides of it, and given when it is made. */
const BREAK = "\n";

/** Under which name `error` travels. */
export function errorName(error: Error): string {
  for (const [name, sentinel] of sentinels) if (sentinel === error) return name;
  for (let p: object | null = Object.getPrototypeOf(error); p !== null; p = Object.getPrototypeOf(p)) {
    const name = names.get(p);
    if (name !== undefined) return name;
    const maker = (p as { constructor?: { name?: unknown } }).constructor?.name;
    if (maker === DOM) return [DOM, error.name, error.message].join(BREAK);
    // Of another realm.
    if (!(error instanceof Error) && builtIn.some(({ name: known }) => known === maker)) return maker as string;
  }
  return "Error";
}

/** A property of an error on its way. */
export interface Field {
  readonly key: string;
  readonly shown: boolean;
  readonly value: unknown;
}

/** What of `error` travels beside its class. */
export function errorFields(error: Error, name: string): Field[] {
  if (sentinels.has(name)) return [];
  const own = name.startsWith(DOM) ? ["stack"] : ["message", "name", "stack"];
  const keys = new Set([...own, ...Object.getOwnPropertyNames(error)]);
  const fields: Field[] = [];
  for (const key of keys) {
    const shown = Object.prototype.propertyIsEnumerable.call(error, key);
    let value: unknown;
    try {
      value = (error as unknown as Record<string, unknown>)[key];
    } catch (thrown) {
      value = String(thrown);
    }
    if (typeof value !== "function") fields.push({ key, shown, value });
  }
  return fields;
}

/** An error of the class with that name, without its fields yet. Of a name that this thread doesn't know, an `Error`. */
export function makeError(name: string): Error {
  const sentinel = sentinels.get(name);
  if (sentinel !== undefined) return sentinel;
  if (name.startsWith(DOM)) return makeDomException(name);
  const error = new Error();
  // Made here by nobody the reader knows.
  for (const key of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, key);
  const prototype = prototypes.get(name);
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);
  return error;
}

function makeDomException(text: string): Error {
  const [, name = "Error", ...message] = text.split(BREAK);
  const made = new DOMException(message.join(BREAK), name) as Error;
  // Where the host gives it one, the sender's comes instead.
  Reflect.deleteProperty(made, "stack");
  return made;
}

/** Gives `error` a property, unless it has it already from its class. */
export function setField(error: Error, { key, shown, value }: Field): void {
  if (error === Canceled || error === DeadlineExceeded) return;
  let has: unknown;
  try {
    has = (error as unknown as Record<string, unknown>)[key];
  } catch {
    // A getter that wants the insides of its class.
  }
  if (has === value && key !== "message") return;
  Object.defineProperty(error, key, { value, enumerable: shown, writable: true, configurable: true });
}
