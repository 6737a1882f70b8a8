/**
 * What comes from outside (JSON of a request, say) and goes through a shared channel, an argument or a result sets nobody's
 * prototype on the other side, neither that of the value nor of all objects.
 */
import { sharedChan } from "millrace/threads";
import { afterEach, describe, expect, it } from "vitest";
import { threaded } from "./program.ts";

const HOSTILE = [
  '{"__proto__":{"admin":true}}',
  '{"a":1,"__proto__":{"admin":true},"b":{"__proto__":{"admin":true}}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '[{"__proto__":[1,2]},{"__proto__":null}]',
  '{"toString":{"__proto__":{"admin":true}},"hasOwnProperty":1}',
];

/** All objects that a value is made of. */
function* objects(value: unknown): Generator<object> {
  if (typeof value !== "object" || value === null) return;
  yield value;
  for (const key of Object.getOwnPropertyNames(value))
    yield* objects(Object.getOwnPropertyDescriptor(value, key)?.value);
}

function expectClean(value: unknown): void {
  for (const each of objects(value)) {
    const prototype: unknown = Object.getPrototypeOf(each);
    expect(prototype === Object.prototype || prototype === Array.prototype).toBe(true);
    expect((each as { admin?: unknown }).admin === true && !Object.hasOwn(each, "admin")).toBe(false);
  }
}

afterEach(() => {
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
  expect(([] as { admin?: unknown }).admin).toBeUndefined();
});

it("as an argument and a result of another thread", async () => {
  const { stdout, stderr } = await threaded("pollution");
  expect({ stdout, stderr }).toEqual({ stdout: "true true true\n".repeat(3), stderr: "" });
});

describe.each(HOSTILE)("%s", (text) => {
  it("through a shared channel", async () => {
    const ch = sharedChan<unknown>(1);
    // More than once: from the second time on the shape of an object is known and travels as a number.
    for (let i = 0; i < 4; i++) {
      await ch.send(JSON.parse(text));
      const got = await ch.recv();
      expectClean(got);
      expect(JSON.stringify(got)).toBe(text);
    }
  });

  it("as a field, a cause, a key and an element", async () => {
    const ch = sharedChan<{ error: Error; map: Map<unknown, unknown>; set: Set<unknown> }>(1);
    const error = Object.assign(new Error("refused", { cause: JSON.parse(text) }), { detail: JSON.parse(text) });
    const map = new Map<unknown, unknown>([[JSON.parse(text), JSON.parse(text)]]);
    await ch.send({ error, map, set: new Set([JSON.parse(text)]) });
    const got = await ch.recv();
    if (got === undefined) throw new Error("nothing arrived");
    expect(Object.getPrototypeOf(got.error)).toBe(Error.prototype);
    for (const each of [got.error.cause, (got.error as { detail?: unknown }).detail]) expectClean(each);
    for (const [key, value] of got.map) expectClean([key, value]);
    expectClean([...got.set]);
  });
});

it("an error's own __proto__ stays a field, and its class a class", async () => {
  const ch = sharedChan<Error>(1);
  const error = new RangeError("refused");
  Object.defineProperty(error, "__proto__", { value: { admin: true }, enumerable: true });
  await ch.send(error);
  const got = await ch.recv();
  expect(Object.getPrototypeOf(got)).toBe(RangeError.prototype);
  expect((got as { admin?: unknown }).admin).toBeUndefined();
});

it("an error that calls itself after a prototype's key is an Error", async () => {
  for (const name of ["__proto__", "constructor", "prototype", "toString"]) {
    const ch = sharedChan<Error>(1);
    await ch.send(Object.assign(new Error("refused"), { name }));
    const got = await ch.recv();
    expect(Object.getPrototypeOf(got)).toBe(Error.prototype);
    expect(got?.name).toBe(name);
  }
});
