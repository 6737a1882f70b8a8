/** What the host makes: values of other realms, proxies, views, its exceptions; told by their insides, as structuredClone does. */
import vm from "node:vm";
import { describe, expect, it } from "vitest";
import { SharedMutex, SharedSemaphore, SharedWaitGroup, sharedChan } from "../../src/threads/index.ts";
import { brandOf } from "../../src/threads/values/brand.ts";
import { copy } from "../../src/threads/values/slot.ts";
import { trip } from "./codec-kit.ts";

const there = vm.createContext({});
const foreign = (code: string): unknown => vm.runInContext(`(${code})`, there);

describe("values of another realm arrive as this one's", () => {
  it.each([
    ["new Map([[1, { a: 2 }]])", new Map([[1, { a: 2 }]])],
    ["new Set([1, [2]])", new Set([1, [2]])],
    ["new Date(5)", new Date(5)],
    ["/q+/giu", /q+/giu],
    ["new Uint16Array([1, 2, 3]).subarray(1)", new Uint16Array([2, 3])],
    ["new Float64Array([0.5])", new Float64Array([0.5])],
    ["new Uint8Array([7, 8]).buffer", new Uint8Array([7, 8]).buffer],
    ["[1, , { a: [2] }]", [1, undefined, { a: [2] }]],
    ["({ a: 1, b: { c: 2 } })", { a: 1, b: { c: 2 } }],
    ["Object(5)", Object(5)],
    ["Object('text')", Object("text")],
  ])("%s", (code, here) => {
    const back = trip({ value: foreign(code) }).value as object;
    expect(back).toEqual(here);
    expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(here));
  });

  it("errors, with class, message, stack and fields", () => {
    const made = foreign("Object.assign(new TypeError('there', { cause: new RangeError('below') }), { n: 1 })");
    const back = trip(made) as TypeError & { n: number };
    expect(back).toBeInstanceOf(TypeError);
    expect(back.cause).toBeInstanceOf(RangeError);
    expect([back.name, back.message, back.n, back.stack?.startsWith("TypeError: there")]).toEqual([
      "TypeError",
      "there",
      1,
      true,
    ]);
  });

  it("a SharedArrayBuffer is shared", () => {
    expect(brandOf(foreign("new SharedArrayBuffer(8)") as object)).toBe("SharedArrayBuffer");
  });
});

describe("what only looks like something", () => {
  it("has the prototype of a class of the language, and nothing behind it: refused or plain, and never a TypeError of its own", () => {
    for (const { prototype } of [Map, Set, ArrayBuffer]) {
      expect(() => trip({ a: Object.create(prototype as object) })).toThrow(/^value\.a is /);
    }
    for (const { prototype } of [Date, RegExp, Number, Uint8Array]) {
      expect(trip({ a: Object.create(prototype as object) })).toEqual({ a: {} });
    }
    expect(trip({ [Symbol.toStringTag]: "Map", a: 1 })).toEqual({ a: 1 });
  });

  it("or that of a shared channel or lock", () => {
    const fake = (value: object): object => Object.create(Object.getPrototypeOf(value));
    for (let i = 0; i < 3; i++) {
      expect(() => copy({ ch: fake(sharedChan(1)) }, "args[0]")).toThrow(/^args\[0\]\.ch is a channel of this thread/);
    }
    for (const lock of [new SharedMutex(), new SharedWaitGroup(), new SharedSemaphore(1)]) {
      expect(Object.getPrototypeOf(copy(fake(lock), "value"))).toBe(Object.prototype); // an object like any other
    }
    const ch = sharedChan(1);
    expect(copy([ch], "value")).toEqual([ch]);
  });

  it("a Proxy is refused, with the way to it", () => {
    for (const target of [{ a: 1 }, [1], new Map(), sharedChan(1), Object.create(null)]) {
      expect(() => trip({ list: [0, new Proxy(target as object, {})] })).toThrow(
        "value.list[1] is a Proxy, which stays where it is; send the object behind it",
      );
    }
    expect(() => trip(new Proxy({}, {}))).toThrow("value is a Proxy");
  });
});

describe("views", () => {
  it("of one buffer arrive as views of one buffer, of the part that they show", () => {
    const buffer = new Uint8Array(10_000).map((_, i) => i).buffer;
    const value = {
      a: new Uint8Array(buffer, 100, 50),
      b: new Uint32Array(buffer, 120, 2),
      c: new DataView(buffer, 90, 4),
    };
    const { a, b, c } = trip(value);
    expect([a.buffer === b.buffer, b.buffer === c.buffer, a.buffer.byteLength < 100]).toEqual([true, true, true]);
    expect([a, b, c.getUint8(1)]).toEqual([value.a, value.b, 91]);
    a[20] = 1;
    expect(new Uint8Array(b.buffer, b.byteOffset, 1)[0]).toBe(1);
  });

  it("of a buffer that is in the value too are views of it", () => {
    const buffer = new Uint8Array([1, 2, 3, 4]).buffer;
    for (const value of [
      { buffer, view: new Uint8Array(buffer, 1, 2) },
      { view: new Uint8Array(buffer, 1, 2), buffer },
    ]) {
      const back = trip(value);
      expect(back.view.buffer).toBe(back.buffer);
      expect([back.buffer.byteLength, [...back.view]]).toEqual([4, [2, 3]]);
    }
  });

  it("alone bring only what they show, and the same view twice is one", () => {
    const view = new Uint8Array(new ArrayBuffer(1 << 20), 5, 3);
    expect(trip(view).buffer.byteLength).toBe(3);
    const [a, b] = trip([view, view]) as [Uint8Array, Uint8Array];
    expect(a).toBe(b);
  });

  if ("Float16Array" in globalThis)
    it("of half precision", () => {
      const { Float16Array } = globalThis as unknown as { Float16Array: new (list: number[]) => Float32Array };
      const back = trip(new Float16Array([1.5, -2]));
      expect([back.constructor.name, [...back]]).toEqual(["Float16Array", [1.5, -2]]);
    });
});

it("a DOMException arrives whole: its name, message and code are insides of it", () => {
  const made = Object.assign(new DOMException("no more\nof this", "AbortError"), { extra: 1 });
  const back = trip(made) as DOMException & { extra: number };
  expect(back).toBeInstanceOf(DOMException);
  expect([back.name, back.message, back.code, back.extra]).toEqual(["AbortError", "no more\nof this", 20, 1]);
  expect(back.stack).toBe(made.stack);
  const { error } = trip({ error: new DOMException("a", "DataCloneError") });
  expect([error.code, String(error)]).toEqual([25, "DataCloneError: a"]);
});

it("a refusal deep within is one line", () => {
  let deep: unknown = () => {};
  for (let i = 0; i < 500; i++) deep = { inner: deep };
  let message = "";
  try {
    trip(deep);
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toMatch(/^value(\.inner){5} … 490 steps … (\.inner){5} is /);
  expect(message.length).toBeLessThan(300);
});
