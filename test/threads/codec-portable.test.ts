/** Values on their way to other processes: as between threads, but without anything that is shared. */

import fc from "fast-check";
import { chan } from "millrace";
import { background, withCancel } from "millrace/context";
import { Mutex } from "millrace/sync";
import { parallel, sharedChan } from "millrace/threads";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/index.ts";
import { decode, Encoded, encode } from "../../src/threads/values/codec.ts";
import { decodePortable, encodePortable, VERSION } from "../../src/threads/values/portable.ts";
import { CorruptError } from "../../src/threads/values/reader.ts";
import { anyValue } from "../kit/any-value.ts";

const trip = <T>(value: T): T => decodePortable(encodePortable(value, "value")) as T;

function refused(value: unknown): string {
  try {
    encodePortable(value, "value");
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message;
  }
  throw new Error("it was not refused");
}

describe("values for other processes", () => {
  it("arrive as they arrive on other threads", () => {
    const into = new Encoded();
    fc.assert(
      fc.property(anyValue(), (value) => {
        encode([value], into);
        const there = decode(into.tag, into.aux, into.f64, into.bytes?.slice() ?? null, 0, into.length);
        expect(trip([value])).toStrictEqual(there);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("spell their shapes out, however often a shape was sent", () => {
    const value = { to: "a@b.c", tries: 3 };
    for (let i = 0; i < 5; i++) {
      const text = new TextDecoder("latin1").decode(encodePortable([value, value], "value"));
      expect(text).toContain("tries");
    }
    const [one, two] = trip([value, value]);
    expect(one).toBe(two);
  });

  it("bring errors, views of one buffer, and cycles", () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(trip(cycle)).toStrictEqual(cycle);
    expect(trip(new TypeError("no", { cause: new Error("why") }))).toMatchObject({
      message: "no",
      cause: { message: "why" },
    });
    const buffer = new ArrayBuffer(8);
    const [bytes, words] = trip([new Uint8Array(buffer), new Uint32Array(buffer)] as const);
    expect(bytes.buffer).toBe(words.buffer);
  });

  it("are refused with the way to what stays in its process", () => {
    const f = parallel({ url: "here" }, "portable.f", () => 1);
    expect(refused({ a: [chan()] })).toMatch(/^value\.a\[0\] is a channel of this process; /);
    expect(refused(sharedChan(1))).toMatch(/^value is a channel of this process; /);
    expect(refused({ f })).toMatch(/^value\.f is a function|^value\.f is function/);
    expect(refused(new Mutex())).toMatch(/^value is a Mutex, which stays in its process; send plain data/);
    expect(refused([withCancel(background())[0]])).toMatch(/^value\[0\] is a context; give it as the option ctx/);
    expect(refused(new SharedArrayBuffer(8))).toMatch(/stays in its process/);
    expect(refused(new Uint8Array(new SharedArrayBuffer(8)))).toMatch(/stays in its process/);
    expect(refused(Promise.resolve(1))).toMatch(/wait for it here/);
  });

  it("take nothing from shared memory when they are read", () => {
    const into = new Encoded();
    for (let i = 0; i < 3; i++) encode({ shapely: 1, shaped: 2 }, into);
    const shaped = Uint8Array.of(VERSION, ...(into.bytes as Uint8Array).subarray(0, into.length));
    expect(() => decodePortable(shaped)).toThrow(/there is no shape/);
    encode([sharedChan(1)], into);
    const handle = Uint8Array.of(VERSION, ...(into.bytes as Uint8Array).subarray(0, into.length));
    expect(() => decodePortable(handle)).toThrow(/there is no class/);
  });

  it("of another version are refused", () => {
    const bytes = encodePortable(1, "value");
    bytes[0] = VERSION + 1;
    expect(() => decodePortable(bytes)).toThrow(CorruptError);
    expect(() => decodePortable(bytes)).toThrow(/its version is 2, and this reads 1/);
    expect(() => decodePortable(new Uint8Array(0))).toThrow(/it is empty/);
  });
});
