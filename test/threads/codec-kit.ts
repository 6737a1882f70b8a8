import { afterEach, expect } from "vitest";
import { ArgumentError } from "../../src/index.ts";
import { decode, Encoded, encode } from "../../src/threads/values/codec.ts";
import { useShapeTable } from "../../src/threads/values/shapes.ts";
import { LocalTable } from "./local-table.ts";

/** There and back, through memory that several threads could see. */
export function trip<T>(value: T): T {
  const into = new Encoded();
  encode(value, into);
  return arrive(into) as T;
}

/** What another thread makes of an encoded value. */
export function arrive(into: Encoded): unknown {
  if (into.bytes === null) return decode(into.tag, into.aux, into.f64, null);
  const memory = new Uint8Array(new SharedArrayBuffer(into.length + 100));
  memory.fill(0xaa); // what is around is not zero
  into.copyTo(memory, 40);
  return decode(into.tag, into.aux, into.f64, memory, 40, 40 + into.length);
}

export function refused(value: unknown): string {
  try {
    encode(value, new Encoded(), "args[1]");
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message;
  }
  throw new Error("it was not refused");
}

afterEach(() => {
  useShapeTable(new LocalTable());
});
