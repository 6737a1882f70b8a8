/** What threads tell each other, in memory that a program's bug may overwrite. */
import fc from "fast-check";
import { expect } from "vitest";
import { decode, Encoded, encode } from "../../src/threads/values/codec.ts";
import { CorruptError } from "../../src/threads/values/reader.ts";
import { anyValue } from "../kit/any-value.ts";
import { fuzz, unpolluted } from "./kit.ts";

const into = new Encoded();
const anything = anyValue();
const special = fc.constantFrom<unknown>(
  new Error("e", { cause: new TypeError("c") }),
  /x/giu,
  new DataView(new ArrayBuffer(3)),
  JSON.parse('{ "__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 1 } } }'),
  new Map([["__proto__", { polluted: 1 }]]),
);
const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });

/** Reads a block, which gives a value or the one error. */
function read(tag: number, bytes: Uint8Array): unknown {
  try {
    return decode(tag, 0, 0, bytes, 0, bytes.length);
  } catch (error) {
    expect(error).toBeInstanceOf(CorruptError);
    return undefined;
  } finally {
    unpolluted();
  }
}

encode([1], into);
const BLOCK = into.tag;

fuzz("bytes that nobody wrote", fc.uint8Array({ maxLength: 300 }), (bytes) => read(BLOCK, bytes), 5000);

fuzz("bytes that were damaged", fc.tuple(anything, special, damage, fc.nat(20)), ([value, rare, changes, cut]) => {
  encode([value, rare, value], into);
  const bytes = (into.bytes as Uint8Array).slice(0, into.length);
  for (const [at, to] of changes) bytes[at % bytes.length] = to;
  read(into.tag, bytes);
  read(into.tag, bytes.subarray(0, Math.max(0, bytes.length - cut)));
});

fuzz("no key of a message becomes a prototype", fc.tuple(anything, special), ([value, rare]) => {
  encode([value, rare], into);
  const bytes = (into.bytes as Uint8Array).slice(0, into.length);
  const [, back] = read(into.tag, bytes) as [unknown, object];
  expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(rare));
});
