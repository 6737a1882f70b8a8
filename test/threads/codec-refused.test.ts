/** What does not travel between threads, and handles, which do. */
import { chan, go, run, select } from "millrace";
import { Mutex, Semaphore, WaitGroup } from "millrace/sync";
import { describe, expect, it } from "vitest";
import { discard, Encoded, encode, isCounted } from "../../src/threads/values/codec.ts";
import { registerHandle } from "../../src/threads/values/handles.ts";
import { SLOT } from "../../src/threads/values/wire.ts";
import { refused, trip } from "./codec-kit.ts";

describe("values that stay", () => {
  it("names the way to them and says what to use instead", () => {
    expect(refused(() => {})).toMatch(/^args\[1\] is a function, .* start a parallel\(\) function/);
    expect(refused({ items: [1, 2, 3, function f() {}] })).toMatch(/^args\[1\]\.items\[3\] is function f,/);
    expect(refused({ "a b": { c: Symbol("s") } })).toMatch(/^args\[1\]\["a b"\]\.c is Symbol\(s\), .* send a string/);
    expect(refused(new Map([["k", { ch: chan() }]]))).toMatch(
      /^args\[1\]\.get\("k"\)\.ch is a channel .*sharedChan\(\)/,
    );
    expect(refused(new Set([new Mutex()]))).toMatch(/^args\[1\]\.values\(\) is a lock .*SharedMutex/);
    expect(refused([new WaitGroup()])).toMatch(/SharedWaitGroup/);
    expect(refused([new Semaphore(1)])).toMatch(/SharedSemaphore/);
    expect(refused(chan())).toMatch(/^args\[1\] is a channel/);
    expect(refused(chan().recv())).toMatch(/operation \(chan receive\); perform it here/);
    expect(refused(select({}))).toMatch(/operation \(select/);
    expect(refused(Promise.resolve())).toMatch(/promise; wait for it here/);
    expect(refused(new WeakMap())).toMatch(/is a WeakMap, which stays/);
    expect(refused(new WeakRef({}))).toMatch(/is a WeakRef/);
    expect(refused(new AbortController().signal)).toMatch(/fromSignal\(\)/);
    expect(refused(new AbortController())).toMatch(/cancel function/);
    const { port1 } = new MessageChannel();
    expect(refused({ list: [port1] })).toMatch(
      /^args\[1\]\.list\[0\] is a MessagePort, which the host hands only .*sharedChan\(\)$/,
    );
    port1.close();
    expect(refused([new ReadableStream()])).toMatch(/^args\[1\]\[0\] is a ReadableStream, which the host hands only/);
    expect(refused({ a: { b: new Blob(["x"]) } })).toMatch(/^args\[1\]\.a\.b is a Blob, .*arrayBuffer/);
    expect(refused(new Event("e"))).toMatch(/is an? Event/);
    expect(refused((function* () {})())).toMatch(/stays on its thread/);
    expect(refused(Symbol("s"))).toMatch(/^args\[1\] is Symbol\(s\)/);
  });

  it("a goroutine", async () => {
    await run(function* () {
      const g = go(() => {});
      expect(refused({ g })).toMatch(/^args\[1\]\.g is a goroutine .*join it here/);
      yield* g.join();
    });
  });

  it("what is nested too deeply, which is not to say that it is circular", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 1000; i++) deep = { deep };
    expect(trip(deep)).toBeDefined();
    for (let i = 0; i < 10; i++) deep = [deep];
    expect(refused(deep)).toMatch(/nested more than 1000 deep/);
    for (let i = 0; i < 100_000; i++) deep = { deep };
    expect(refused(deep)).toMatch(/nested more than 1000 deep/);
  });

  it("leaves the codec as it was", () => {
    const bad = { list: [{ a: 1 }, { a: () => {} }] };
    for (let i = 0; i < 3; i++) refused(bad);
    expect(trip({ list: [{ a: 1 }, { a: 2 }] })).toEqual({ list: [{ a: 1 }, { a: 2 }] });
    const thrown = new Error("of the getter");
    const value = {
      get x(): never {
        throw thrown;
      },
    };
    expect(() => encode(value, new Encoded())).toThrow(thrown);
    expect(trip({ a: 1 })).toEqual({ a: 1 });
  });
});

describe("handles", () => {
  class Thing {
    readonly pointer: number;
    constructor(pointer: number) {
      this.pointer = pointer;
    }
  }
  const counts = new Map<number, number>();
  const count = (pointer: number, by: number): void => void counts.set(pointer, (counts.get(pointer) ?? 0) + by);
  registerHandle({
    kind: 200,
    is: (value) => value instanceof Thing,
    encode: (value) => {
      count((value as Thing).pointer, 1);
      return (value as Thing).pointer;
    },
    decode: (pointer) => {
      count(pointer, -1);
      return new Thing(pointer);
    },
    release: (pointer) => count(pointer, -1),
  });

  it("travel as their pointer, alone and within, and the reference is adopted", () => {
    const thing = new Thing(123_456_789);
    expect(trip(thing)).toEqual(thing);
    expect(trip(thing)).toBeInstanceOf(Thing);
    const back = trip({ a: thing, m: new Map([["b", thing]]) });
    expect(back.a).toBeInstanceOf(Thing);
    expect(back.m.get("b")).toBe(back.a);
    expect(counts.get(123_456_789)).toBe(0);
  });

  it("are given up when something else in the value is refused, and when nobody takes it", () => {
    const thing = new Thing(77);
    refused({ thing, f: () => {} });
    expect(counts.get(77)).toBe(0);
    const into = new Encoded();
    for (const value of [thing, [thing]]) {
      encode(value, into);
      expect(isCounted(into.tag)).toBe(true);
      expect(counts.get(77)).toBe(1);
      discard(into.tag, into.aux, into.bytes, 0, into.length);
      expect(counts.get(77)).toBe(0);
    }
    encode([1], into);
    expect(isCounted(into.tag)).toBe(false);
    expect(into.tag).toBe(SLOT.block);
  });
});
