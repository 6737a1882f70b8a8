/**
 * A value of the program in a few words: `{ id: 7, name: "tea" }`, `[1, 2, 3, …]`, `a Response`.
 *
 * It must not change what it looks at, so it calls no getter and no method of the program's.
 */
import { builtin } from "../runtime/host.ts";

const MOST_TEXT = 40;
const MOST_PARTS = 4;

let isProxy: ((value: unknown) => boolean) | null | undefined;

export function valueText(value: unknown): string {
  return textOf(value, 1);
}

function textOf(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value);
    case "bigint":
      return `${value}n`;
    case "function":
      return "a function";
    case "object":
      break;
    default:
      return String(value);
  }
  if (value === null) return "null";
  isProxy ??=
    (builtin("node:util") as { types?: { isProxy?(value: unknown): boolean } } | undefined)?.types?.isProxy ?? null;
  if (isProxy?.(value) === true) return "a proxy";
  try {
    return Array.isArray(value) ? arrayText(value, depth) : objectText(value, depth);
  } catch {
    return "an object"; // a proxy, where nobody can tell
  }
}

function arrayText(array: readonly unknown[], depth: number): string {
  if (depth === 0) return `an array of ${array.length}`;
  const shown: string[] = [];
  for (let i = 0; i < Math.min(array.length, MOST_PARTS); i++) shown.push(own(array, i, depth));
  return `[${shown.join(", ")}${array.length > MOST_PARTS ? ", …" : ""}]`;
}

function objectText(object: object, depth: number): string {
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (prototype !== Object.prototype && prototype !== null) {
    const made: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
    const name: unknown = typeof made === "function" ? Object.getOwnPropertyDescriptor(made, "name")?.value : "";
    const kind = typeof name === "string" && name !== "" && name !== "Object" ? name : "object";
    return `${/^[aeio]/i.test(kind) ? "an" : "a"} ${kind}`;
  }
  if (depth === 0) return "an object";
  let shown = "";
  let parts = 0;
  for (const key in object) {
    if (parts++ === MOST_PARTS) return `{${shown}, … }`;
    shown += `${shown === "" ? " " : ", "}${key}: ${own(object, key, depth)}`;
  }
  return shown === "" ? "{}" : `{${shown} }`;
}

function own(object: object, key: string | number, depth: number): string {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (descriptor === undefined) return "undefined";
  return descriptor.get === undefined ? textOf(descriptor.value, depth - 1) : "(a getter)";
}
