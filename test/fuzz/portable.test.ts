/** What another process says a value is: anything may write to a server. */
import fc from "fast-check";
import { expect } from "vitest";
import { decodePortable, encodePortable, VERSION } from "../../src/threads/values/portable.ts";
import { CorruptError } from "../../src/threads/values/reader.ts";
import { anyValue } from "../kit/any-value.ts";
import { fuzz, unpolluted } from "./kit.ts";

function read(bytes: Uint8Array): void {
  try {
    decodePortable(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(CorruptError);
  } finally {
    unpolluted();
  }
}

fuzz("bytes of a stranger", fc.uint8Array({ maxLength: 300 }), (bytes) => read(Uint8Array.of(VERSION, ...bytes)), 5000);

const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });

fuzz("bytes that were damaged on their way", fc.tuple(anyValue(), damage, fc.nat(20)), ([value, changes, cut]) => {
  const bytes = encodePortable([value, value], "value");
  for (const [at, to] of changes) bytes[at % bytes.length] = to;
  read(bytes);
  read(bytes.subarray(0, Math.max(0, bytes.length - cut)));
});
