/** What debug mode says, once each, about values that lose something on their way to another thread. */
import { once } from "../../runtime/copies.ts";
import { notice } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { errorClass } from "./errors.ts";

const said: Set<string> = once("remarks", () => new Set<string>());

function remark(text: () => string): void {
  if (!m.current().debug) return;
  const line = `millrace: ${text()}\n`;
  if (said.has(line)) return;
  said.add(line);
  notice(line);
}

function nameOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } };
  return String(prototype.constructor?.name);
}

/** An object of a class travels as a plain one. */
export function remarkObject(value: object): void {
  remark(() => {
    const name = nameOf(value);
    return `an object of class ${name} arrives on other threads as a plain object, without methods; make it sendable(${name})`;
  });
}

/** An error travels as one of the class with that name, which may be one above its own. */
export function remarkError(error: Error, name: string): void {
  const known = errorClass(name);
  if (known === undefined || known === Object.getPrototypeOf(error) || !(error instanceof Error)) return;
  remark(
    () => `an error of class ${nameOf(error)} arrives on other threads as ${name}; make it sendable(${nameOf(error)})`,
  );
}

/** An object has arrived whose class this thread doesn't have. */
export function remarkUnknown(name: string): void {
  remark(
    () =>
      `this thread has no class ${name}, so an object of it has arrived without it; import the module that calls sendable()`,
  );
}
