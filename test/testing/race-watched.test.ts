/** What of a value `race` watches: properties, arrays, maps, sets, dates, and for how long. */
import { go, run, runtime } from "millrace";
import { race } from "millrace/testing";
import { describe, expect, test } from "vitest";
import { tap } from "../../src/runtime/events.ts";

/** The things that two goroutines race on when one runs `a` and the other `b`. */
async function between<T extends object>(value: T, a: (value: T) => void, b: (value: T) => void): Promise<string[]> {
  const found = new Set<string>();
  await run(function* () {
    const watched = race(value, { name: "it", report: ({ what }) => found.add(what) });
    const both = [go(() => a(watched)), go(() => b(watched))];
    for (const g of both) yield* g.join();
  });
  return [...found];
}

describe("what is watched", () => {
  test("the properties of an object", async () => {
    type Free = Record<string, number>;
    const inc = (key: string) => (o: Free) => {
      o[key] = (o[key] ?? 0) + 1;
    };
    expect(await between<Free>({ a: 1, b: 1 }, inc("a"), inc("a"))).toEqual(["it.a"]);
    expect(await between<Free>({ a: 1, b: 1 }, inc("a"), inc("b"))).toEqual([]);
    expect(await between<Free>({}, inc("a"), inc("b"))).toEqual(["the keys of it"]);
    expect(await between<Free>({ a: 1 }, inc("a"), (o) => void { ...o })).toEqual(["it.a"]);
    expect(await between<Free>({ a: 1 }, inc("b"), (o) => void Object.keys(o))).toEqual(["the keys of it"]);
    expect(
      await between<Free>(
        { a: 1 },
        (o) => delete o.a,
        (o) => "a" in o,
      ),
    ).toEqual(["it.a"]);
    expect(
      await between<Free>(
        { a: 1 },
        (o) => void o.a,
        (o) => void o.a,
      ),
    ).toEqual([]);
  });

  test("what it holds", async () => {
    const inc = (o: { deep: { list: number[]; map: Map<string, { n: number }> } }) => void o.deep.map.get("k")!.n++;
    const make = () => ({ deep: { list: [1], map: new Map([["k", { n: 1 }]]) } });
    expect(await between(make(), inc, inc)).toEqual(["it.deep.map.k.n"]);
    expect(await between(make(), inc, (o) => void o.deep.list.push(2))).toEqual([]);
  });

  test("an array", async () => {
    const push = (list: number[]) => void list.push(1);
    expect(await between<number[]>([], push, push)).toEqual(
      ["it.length", "it[0]", "the keys of it"].filter((x) => x !== "it[0]"),
    );
    expect(
      await between(
        [1, 2],
        (list) => (list[0] = 3),
        (list) => (list[1] = 4),
      ),
    ).toEqual([]);
    expect(
      await between(
        [1, 2],
        (list) => (list[0] = 3),
        (list) => void [...list],
      ),
    ).toEqual(["it[0]"]);
    expect(
      await between(
        [3, 1, 2],
        (list) => void list.sort(),
        (list) => void list.at(1),
      ),
    ).toEqual(["it[1]"]);
  });

  test("a map", async () => {
    type Counts = Map<string, number>;
    const inc = (key: string) => (map: Counts) => void map.set(key, (map.get(key) ?? 0) + 1);
    expect(await between<Counts>(new Map([["a", 1]]), inc("a"), inc("a"))).toEqual(["it.a"]);
    expect(await between<Counts>(new Map([["a", 1]]), inc("a"), inc("b"))).toEqual([]);
    expect(await between<Counts>(new Map(), inc("a"), inc("b"))).toEqual(["the keys of it"]);
    expect(await between<Counts>(new Map([["a", 1]]), inc("b"), (map) => void map.size)).toEqual(["the keys of it"]);
    expect(await between<Counts>(new Map([["a", 1]]), inc("a"), (map) => void [...map])).toEqual(["it.a"]);
    expect(
      await between<Counts>(
        new Map([["a", 1]]),
        (map) => map.clear(),
        (map) => map.has("a"),
      ),
    ).toEqual(["it.a"]);
  });

  test("a set", async () => {
    const make = () => new Set(["a"]);
    expect(
      await between(
        make(),
        (set) => set.add("b"),
        (set) => set.has("a"),
      ),
    ).toEqual([]);
    expect(
      await between(
        make(),
        (set) => set.add("b"),
        (set) => set.has("b"),
      ),
    ).toEqual(["it.b"]);
    expect(
      await between(
        make(),
        (set) => set.delete("a"),
        (set) => set.forEach(() => {}),
      ),
    ).toEqual(["the keys of it"]);
  });

  test("an object of a class, through its methods", async () => {
    class Account {
      balance = 0;
      deposit(n: number): void {
        this.balance += n;
      }
      get rich(): boolean {
        return this.balance > 100;
      }
    }
    expect(
      await between(
        new Account(),
        (a) => a.deposit(1),
        (a) => void a.rich,
      ),
    ).toEqual(["it.balance"]);
  });

  test("the stand-in behaves like the value", () => {
    const value = { list: [1, 2], map: new Map([["a", 1]]), set: new Set([1]), fixed: Object.freeze({ o: {} }) };
    const watched = race(value);
    expect(race(watched)).toBe(watched);
    expect(race(value)).toBe(watched);
    expect(watched.list).toBe(watched.list);
    expect(watched.map.set("b", 2)).toBe(watched.map);
    expect([...watched.map.entries()]).toEqual([["a", 1], ["b", 2]]); // biome-ignore format: one line
    expect([...watched.map.values(), ...watched.set.keys(), watched.set.size]).toEqual([1, 2, 1, 1]);
    expect(watched.fixed.o).toBe(value.fixed.o);
    expect(JSON.stringify(watched)).toBe(JSON.stringify(value));
  });

  test("nothing else can be", () => {
    expect(() => race(3 as never)).toThrow("race: expected an object, an array, a Map or a Set, got 3");
    expect(() => race(new Date())).toThrow("got a Date");
    expect(() => race(new Uint8Array(1))).toThrow(/got an? Uint8Array/);
    expect(() => race(Promise.resolve())).toThrow("got a Promise");
    expect(() => race({}, { name: 3 as never })).toThrow("race: name: expected a string, got 3");
    expect(() => race({}, { report: 3 as never })).toThrow("race: report: expected a function, got 3");
    expect(() => race({}, null as never)).toThrow("race: expected options");
  });
});

test("outside of goroutines nothing is checked", async () => {
  const box = race({ n: 0 });
  box.n++;
  await run(function* () {
    box.n++;
    yield* runtime.gosched();
  });
  box.n++;
  await run(function* () {
    box.n++;
    yield* runtime.gosched();
  });
  expect(box.n).toBe(4);
});

test("nobody listens once the run has ended, or no watched value is left", async () => {
  await run(function* () {
    race({ n: 0 });
    expect(tap.listener).not.toBeNull();
  });
  // Those of the tests above that were made outside of any run.
  for (let i = 0; i < 50 && tap.listener !== null; i++) {
    globalThis.gc?.();
    await new Promise((done) => setImmediate(done));
  }
  expect(tap.listener).toBeNull();
});
