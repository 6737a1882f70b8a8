/**
 * Classes whose objects arrive as themselves: each thread knows its own copy of such a class by a name that all agree on.
 *
 * An object travels as its class's name and what it is without it: its own enumerable properties, and, of a class that
 * extends `Map`, `Array` and so on, what is in it. The receiver gives that its own prototype, so no constructor runs; a class with
 * state that can't be seen from outside brings a codec. A class that the receiver doesn't have leaves what it is without it.
 *
 * Rejected: finding classes by the module that exports them. The first thread's modules were imported by the program, and to
 * import one again, to look what it exports, runs it a second time under tools that load modules themselves.
 *
 * Some classes of the host are known from the start. They have no global prototype here before they are used: to ask Node for
 * `Headers` loads its HTTP client.
 */
import { once } from "../../runtime/copies.ts";
import { ArgumentError, show } from "../../runtime/panic.ts";
import type { Codec } from "./codec.ts";
import { errorClass, registerError } from "./errors.ts";
import { VIEWS } from "./wire.ts";

/** A class of objects. */
export type ObjectClass<T extends object = object> = abstract new (...args: never[]) => T;

/** A class whose objects travel as themselves. */
export interface SentClass {
  readonly name: string;
  readonly prototype: object | null;
  /** What is sent in an object's stead; null for what it is without its class. */
  readonly codec: Codec<object> | null;
  /** Other processes know it, too. */
  readonly everywhere: boolean;
}

/** As names, of the newest: a tool that watches files evaluates their modules again. */
const byName: Map<string, SentClass> = once("classes by name", () => new Map<string, SentClass>());
const byPrototype: WeakMap<object, SentClass> = once("classes", () => new WeakMap<object, SentClass>());
const sources: Map<string, string> = once("classes as text", () => new Map<string, string>());

/** What of the language can be extended: its insides travel, and get the prototype of the class on the other side. */
const BASES: readonly unknown[] = [
  Object,
  Array,
  Map,
  Set,
  Date,
  RegExp,
  ArrayBuffer,
  Number,
  String,
  Boolean,
  ...VIEWS,
];

/** Makes objects of a class travel as themselves, under that name. */
export function registerClass(of: ObjectClass, name: string, codec: Codec<object> | null): void {
  const prototype = of.prototype as object;
  const text = String(of);
  const before = sources.get(name);
  if (hostClasses.has(name) || (before === undefined && errorClass(name) !== undefined) || (before ?? text) !== text) {
    throw new ArgumentError(
      `sendable: ${show(name)} is the name of another class; give this one its own: sendable(${of.name}, { name: "…" })`,
    );
  }
  if (codec === null) {
    const why = insides(of);
    if (why !== null) {
      throw new ArgumentError(
        `sendable: class ${name} ${why}; give it encode and decode: sendable(${of.name}, { encode, decode })`,
      );
    }
  }
  sources.set(name, text);
  // An error brings its message, stack and cause, which are no properties that can be seen.
  if (prototype instanceof Error && codec === null) registerError(name, of as never);
  else {
    const sent = { name, prototype, codec, everywhere: false };
    byName.set(name, sent);
    byPrototype.set(prototype, sent);
  }
}

/** Why objects of a class can't be copied property by property; null if they can, as far as its text tells. */
function insides(of: ObjectClass): string | null {
  for (let c: unknown = of; typeof c === "function" && c !== Function.prototype; c = Object.getPrototypeOf(c)) {
    if (BASES.includes(c) || c === Error || ((c.prototype as unknown) instanceof Error && isNative(c))) return null;
    if (isNative(c)) return `extends ${c.name}, whose insides can't be copied`;
    const [field] = privateNames(String(c));
    if (field !== undefined) return `has private state (${field}), which can't be copied`;
  }
  return null;
}

const isNative = (c: unknown): boolean => /\{\s*\[native code\]\s*\}\s*$/.test(String(c));

/** Private members of objects, as they are used in the text of a class; what tools make of them where they write older code. */
function privateNames(text: string): string[] {
  const own = new Set(
    [
      ...text.matchAll(
        /\bstatic\s+(?:async\s+)?(?:[gs]et\s+|accessor\s+|\*\s*)?(#[\p{ID_Start}$_][\p{ID_Continue}$]*)/gu,
      ),
    ].map(([, name]) => name),
  );
  const used = [...text.matchAll(/\.\s*(#[\p{ID_Start}$_][\p{ID_Continue}$]*)/gu)].map(([, name]) => name as string);
  const lowered = text.match(/\b_*(?:class_?)?private_?(?:field_?)?(?:loose_?base|get|set|add|in|method)\w*(?=\()/i);
  return [...used.filter((name) => !own.has(name)), ...(lowered === null ? [] : ["as written by a compiler"])];
}

/** Classes of the host that travel as something else, by the name that the host gives them. */
const hostClasses: ReadonlyMap<string, SentClass> = new Map(
  [
    host("URL", true, { encode: (url) => url.href, decode: (href) => new URL(href as string) }),
    host("URLSearchParams", true, { encode: String, decode: (text) => new URLSearchParams(text as string) }),
    host("Headers", true, {
      encode: (headers) => [...headers],
      decode: (entries) => new Headers(entries as [string, string][]),
    }),
    host("FormData", false, {
      encode: (form) => [...form],
      decode(entries) {
        const form = new FormData();
        for (const [name, value] of entries as [string, string][]) form.append(name, value);
        return form;
      },
    }),
  ].map((sent) => [sent.name, sent]),
);

interface Hosted {
  readonly URL: URL;
  readonly URLSearchParams: URLSearchParams;
  readonly Headers: Headers;
  readonly FormData: FormData;
}

function host<K extends keyof Hosted>(name: K, everywhere: boolean, codec: Codec<Hosted[K]>): SentClass {
  return { name, prototype: null, codec: codec as Codec<object>, everywhere };
}

/** The class as which `value` travels, the nearest from its own up; undefined if there is none. */
export function classOf(value: object): SentClass | undefined {
  for (let p: object | null = Object.getPrototypeOf(value); p !== null; p = Object.getPrototypeOf(p)) {
    const sent = byPrototype.get(p);
    if (sent !== undefined) return sent;
  }
  return undefined;
}

/** The same among the classes of the host. */
export function hostClassOf(value: object): SentClass | undefined {
  const sent = hostClasses.get(Object.prototype.toString.call(value).slice(8, -1));
  if (sent === undefined) return undefined;
  const { [sent.name]: of } = globalThis as unknown as Readonly<Record<string, ObjectClass | undefined>>;
  return of !== undefined && value instanceof of ? sent : undefined;
}

/** The class that has that name here; undefined if there is none. */
export function classNamed(name: string): SentClass | undefined {
  return hostClasses.get(name) ?? byName.get(name);
}
