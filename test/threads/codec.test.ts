import { Canceled, DeadlineExceeded } from "millrace/context";
import { describe, expect, it } from "vitest";
import { ArgumentError, Panic } from "../../src/index.ts";
import { decode, Encoded, encode } from "../../src/threads/values/codec.ts";
import { registerError } from "../../src/threads/values/errors.ts";
import { shapes, useShapeTable } from "../../src/threads/values/shapes.ts";
import { trip } from "./codec-kit.ts";
import { LocalTable } from "./local-table.ts";

describe("values that travel", () => {
  const small: unknown[] = [undefined, null, true, false, 0, -0, 1, -1, 191, 192, 2 ** 31 - 1, -(2 ** 31), 2 ** 31];
  const numbers = [0.5, Number.NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE];
  const bigints = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 200n)];
  const texts = [
    "",
    "a",
    "é",
    "x".repeat(32),
    "x".repeat(33),
    "€",
    "😀",
    "\ud800",
    `${"y".repeat(50)}\udc00`,
    "\ufeffbom",
  ];
  const long = ["é".repeat(5000), "€".repeat(50_000), "\0".repeat(200), "z".repeat(2 ** 20)];

  for (const value of [...small, ...numbers, ...bigints, ...texts, ...long]) {
    const name =
      typeof value === "string" ? `a string of ${value.length}: ${JSON.stringify(value.slice(0, 5))}` : String(value);
    it(`${typeof value} ${Object.is(value, -0) ? "-0" : name}, alone and within`, () => {
      expect(Object.is(trip(value), value)).toBe(true);
      expect(Object.is(trip([value])[0], value)).toBe(true);
      expect(Object.is(trip({ value }).value, value)).toBe(true);
    });
  }

  it("puts what fits into the words of a slot", () => {
    const into = new Encoded();
    for (const value of [undefined, null, true, 7, 7.5]) {
      encode(value, into);
      expect(into.bytes).toBeNull();
    }
  });

  it("plain objects and arrays, with the keys in order", () => {
    const value = { z: 1, a: { b: [1, "two", [3.5], {}] }, "odd key": null, "": 1, 5: "five" };
    for (let i = 0; i < 4; i++) {
      const back = trip(value); // the second and third time as a shape
      expect(back).toStrictEqual(value);
      expect(Object.keys(back)).toEqual(Object.keys(value));
    }
    expect(trip([1.5, 2.5, -0, Number.NaN, 1e300])).toStrictEqual([1.5, 2.5, -0, Number.NaN, 1e300]);
    expect(trip([1.5, 2, 3, "4"])).toStrictEqual([1.5, 2, 3, "4"]);
  });

  it("holes stay holes, also in long arrays", () => {
    const short: unknown[] = [1];
    short[2] = 3;
    short[3] = undefined;
    short.length = 5;
    const long: unknown[] = [];
    long[5] = 1;
    long[4_000_000_000] = "far";
    for (const value of [short, long]) {
      const back = trip(value);
      expect(back.length).toBe(value.length);
      expect(Object.keys(back)).toEqual(Object.keys(value));
      expect(back[5]).toBe(value[5]);
    }
  });

  it("objects without a prototype stay so", () => {
    const value = Object.assign(Object.create(null) as object, { a: 1 });
    expect(Object.getPrototypeOf(trip(value))).toBeNull();
    expect({ ...trip(value) }).toEqual({ a: 1 });
  });

  it("__proto__ as an own key stays an own key and pollutes nothing", () => {
    const value = JSON.parse(
      '{"a":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    ) as object;
    for (let i = 0; i < 4; i++) {
      const back = trip(value);
      expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
      expect(Object.keys(back)).toEqual(["a", "__proto__", "constructor"]);
      expect(JSON.stringify(back)).toBe(JSON.stringify(value));
      expect(({} as { polluted?: true }).polluted).toBeUndefined();
    }
  });

  it("keys that somebody added to all objects don't travel", () => {
    (Object.prototype as { added?: number }).added = 1;
    try {
      expect(Object.keys(trip({ a: 1 }))).toEqual(["a"]);
    } finally {
      delete (Object.prototype as { added?: number }).added;
    }
  });

  it("what is the same object arrives as the same object, cycles too", () => {
    const shared = { n: 1 };
    const value: { list: unknown[]; self?: unknown; map: Map<unknown, unknown> } = {
      list: [shared, shared],
      map: new Map([[shared, shared]]),
    };
    value.self = value;
    const back = trip(value);
    expect(back.self).toBe(back);
    expect(back.list[0]).toBe(back.list[1]);
    expect(back.map.get(back.list[0])).toBe(back.list[0]);
    const many = Array.from({ length: 100 }, (_, i) => ({ i }));
    const twice = trip([...many, ...many]);
    for (let i = 0; i < 100; i++) expect(twice[i]).toBe(twice[i + 100]);
    expect(twice[99]).toEqual({ i: 99 });
    const boxed = Object(1) as object;
    const date = new Date(5);
    const [a, b, c, d] = trip([boxed, date, boxed, date]);
    expect(a).toBe(c);
    expect(b).toBe(d);
  });

  it("maps, sets, dates, patterns, boxed primitives", () => {
    const value = {
      map: new Map<unknown, unknown>([
        ["a", { b: 1 }],
        [new Date(1), new Set([1])],
      ]),
      set: new Set(["x", 1n, null]),
      date: new Date(86_400_000.5),
      never: new Date(Number.NaN),
      pattern: /a(?<b>.)\//giu,
      boxed: [Object(1), Object("s"), Object(false), Object(1n)],
    };
    expect(trip(value)).toStrictEqual(value);
    for (const each of [value.map, value.set, value.date, value.pattern]) expect(trip(each)).toStrictEqual(each);
  });

  it("buffers and views arrive as copies of what they show", () => {
    const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const views = [
      new Uint8Array(bytes.buffer, 1, 4),
      new Float64Array([1.5, Number.NaN]),
      new BigInt64Array([-5n]),
      new Uint8ClampedArray([300]),
      new Int16Array(0),
    ];
    for (const view of views) expect(trip(view)).toStrictEqual(view.slice());
    expect(trip(new Uint8Array(bytes.buffer, 1, 4)).buffer.byteLength).toBe(4);
    const data = trip(new DataView(bytes.buffer, 2, 3));
    expect(data).toBeInstanceOf(DataView);
    expect([data.byteLength, data.getUint8(0)]).toEqual([3, 3]);
    expect(new Uint8Array(trip(bytes.buffer))).toEqual(bytes);
    expect(trip(Buffer.from("héllo"))).toStrictEqual(new Uint8Array(Buffer.from("héllo")));
    const big = new Uint8Array(3_000_000).fill(7);
    expect(Buffer.compare(trip(big), big)).toBe(0);
  });

  it("objects of a class arrive as plain objects with their own properties", () => {
    class Point {
      x = 1;
      y = 2;
      #secret = 3;
      sum(): number {
        return this.x + this.y + this.#secret;
      }
    }
    const back = trip(new Point());
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(back).toEqual({ x: 1, y: 2 });
  });

  it("calls getters once, and a getter may send something itself", () => {
    let calls = 0;
    const inner = new Encoded();
    const value = {
      before: "b",
      get busy() {
        calls++;
        encode({ quite: ["something", "else"] }, inner);
        return 5;
      },
      after: "a",
    };
    expect(trip(value)).toEqual({ before: "b", busy: 5, after: "a" });
    expect(calls).toBe(1);
  });

  it("fills the table of shapes with what is used twice, and not with data", () => {
    for (let i = 0; i < 20_000; i++) trip({ [`key${i}`]: i });
    expect(shapes.table.keysOf(1)).toBeUndefined();
    for (let i = 0; i < 3; i++) trip({ a: 1, b: 2 });
    expect(trip({ a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
    useShapeTable(new LocalTable());
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 6000; i++)
        if (Object.keys(trip({ [`k${i}`]: i }))[0] !== `k${i}`) expect.fail(`key ${i} was lost`);
    }
    expect(shapes.table.keysOf(4096)).toBeDefined();
    expect(shapes.table.keysOf(4097)).toBeUndefined();
  });

  it("a thread that has its own view of the shapes reads the same", () => {
    const table = new LocalTable();
    useShapeTable(table);
    const into = new Encoded();
    for (let i = 0; i < 3; i++) encode({ a: 1, b: [{ c: 2 }] }, into);
    const bytes = (into.bytes as Uint8Array).slice(0, into.length);
    useShapeTable(table); // forgets what this thread knows
    expect(decode(into.tag, 0, 0, bytes, 0, bytes.length)).toEqual({ a: 1, b: [{ c: 2 }] });
  });
});

describe("errors", () => {
  it("keep class, message, stack, cause and fields", () => {
    const cause = new RangeError("why");
    const error = Object.assign(new TypeError("what", { cause }), { code: "E_WHAT", info: { n: 1 } });
    const back = trip(error);
    expect(back).toBeInstanceOf(TypeError);
    expect([back.message, back.code, back.info, back.name]).toEqual(["what", "E_WHAT", { n: 1 }, "TypeError"]);
    expect(back.stack).toBe(error.stack);
    expect(back.cause).toBeInstanceOf(RangeError);
    expect((back.cause as Error).message).toBe("why");
    expect(Object.keys(back)).toEqual(["code", "info"]);
    expect(Object.prototype.toString.call(back)).toBe("[object Error]");
    const all = trip(new AggregateError([new Error("1"), 2], "many"));
    expect(all).toBeInstanceOf(AggregateError);
    expect([(all.errors[0] as Error).message, all.errors[1]]).toEqual(["1", 2]);
  });

  it("the library's own too, and the sentinels as themselves", () => {
    const panic = trip(new Panic("SEND_ON_CLOSED"));
    expect(panic).toBeInstanceOf(Panic);
    expect([panic.code, panic.name, panic.message]).toEqual(["SEND_ON_CLOSED", "Panic", "send on closed channel"]);
    expect(trip(Canceled)).toBe(Canceled);
    expect(trip({ cause: DeadlineExceeded }).cause).toBe(DeadlineExceeded);
    expect(trip(new ArgumentError("bad")).code).toBe("BAD_ARGUMENT");
  });

  it("of the program arrive under the nearest class that is known, with their name", () => {
    class Known extends Error {
      override name = "Known";
    }
    class Below extends Known {
      extra = 1;
    }
    class Unknown extends SyntaxError {
      override get name(): string {
        return "Unknown";
      }
    }
    registerError("test.Known", Known);
    const below = trip(new Below("b"));
    expect(below).toBeInstanceOf(Known);
    expect([below.name, below.extra]).toEqual(["Known", 1]);
    const unknown = trip(new Unknown("u"));
    expect(unknown).toBeInstanceOf(SyntaxError);
    expect(String(unknown)).toBe("Unknown: u");
    expect(() => registerError("x", Object as never)).toThrow(/expected a class of errors/);
  });

  it("of the platform: DOMException's name and message", () => {
    const error = trip(new DOMException("gone", "AbortError"));
    expect([error.name, error.message, error instanceof DOMException]).toEqual(["AbortError", "gone", true]);
    const reason = trip(AbortSignal.abort().reason as Error);
    expect(reason.name).toBe("AbortError");
  });

  it("leave out fields that can't travel, and arrive", () => {
    const shared = { n: 1 };
    const error = Object.assign(new Error("x"), { request: { shared, socket: () => {} }, status: 500, shared });
    const back = trip(error);
    expect(Object.keys(back)).toEqual(["status", "shared"]);
    expect(back.shared).toEqual({ n: 1 });
    const thrower = new Error("y");
    Object.defineProperty(thrower, "bad", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    expect((trip(thrower) as Error & { bad: string }).bad).toBe("Error: no");
  });
});
