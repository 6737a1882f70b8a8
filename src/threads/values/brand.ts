/**
 * What an object of the language is by its insides, whatever realm it was made in (a vm context, a frame, jsdom) and whatever
 * its prototype says: the methods and getters used here look for the internal slots and throw without them, as
 * `structuredClone` does.
 */
import { builtin } from "../../runtime/host.ts";

export type Brand = "Map" | "Set" | "Date" | "RegExp" | "ArrayBuffer" | "SharedArrayBuffer" | "Error" | "Boxed";

type Probe = (this: unknown) => unknown;

function getter(prototype: object, name: string): Probe {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as Probe;
}

const PROBES: Readonly<Record<string, { readonly brand: Brand; readonly probe: Probe }>> = {
  Map: { brand: "Map", probe: getter(Map.prototype, "size") },
  Set: { brand: "Set", probe: getter(Set.prototype, "size") },
  Date: { brand: "Date", probe: Date.prototype.getTime },
  RegExp: { brand: "RegExp", probe: getter(RegExp.prototype, "source") },
  ArrayBuffer: { brand: "ArrayBuffer", probe: getter(ArrayBuffer.prototype, "byteLength") },
  Number: { brand: "Boxed", probe: Number.prototype.valueOf },
  String: { brand: "Boxed", probe: String.prototype.valueOf },
  Boolean: { brand: "Boxed", probe: Boolean.prototype.valueOf },
  BigInt: { brand: "Boxed", probe: BigInt.prototype.valueOf },
  ...(typeof SharedArrayBuffer !== "undefined" && {
    SharedArrayBuffer: { brand: "SharedArrayBuffer", probe: getter(SharedArrayBuffer.prototype, "byteLength") },
  }),
};

/** Classes of this realm, for objects whose class says it is something else. */
const CLASSES = [Map, Set, Date, RegExp, ArrayBuffer, Number, String, Boolean];

const has = (probe: Probe, value: unknown): boolean => {
  try {
    probe.call(value);
    return true;
  } catch {
    return false;
  }
};

/** What `value` is by its insides; undefined for any other object. */
export function brandOf(value: object): Brand | undefined {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (value instanceof Error || tag === "Error" || tag === "DOMException") return "Error";
  const known = PROBES[tag];
  if (known !== undefined && has(known.probe, value)) return known.brand;
  const own = CLASSES.find((each) => value instanceof each);
  const other = own === undefined ? undefined : PROBES[own.name];
  return other !== undefined && has(other.probe, value) ? other.brand : undefined;
}

const util = builtin("node:util") as { readonly types: { isProxy(value: unknown): boolean } } | undefined;

/** Whether `value` is a Proxy, where the host says so. */
export const isProxy: (value: object) => boolean = util === undefined ? () => false : util.types.isProxy;
