/** `race`: finds accesses that nothing orders, and is silent where something does. */
import { chan, go, run, runtime } from "millrace";
import { Mutex, WaitGroup } from "millrace/sync";
import { bubble, RaceError, race } from "millrace/testing";
import { describe, expect, test } from "vitest";

import { ordered } from "./race-ordered.ts";
import { type Box, unordered } from "./race-unordered.ts";

/** The races in a run of `program`, each as the kinds of its accesses. */
async function races(program: (box: Box) => unknown, seed?: number): Promise<string[]> {
  const found: RaceError[] = [];
  const watched = () => {
    const box = race({ n: 0 }, { name: "box", report: (error) => found.push(error) });
    return program(box);
  };
  await run(watched, seed === undefined ? {} : { seed });
  return found.map(({ what, accesses }) => `${accesses.map(({ kind }) => kind).join("-")} ${what}`);
}

describe("is silent where there is", () => {
  test.each(Object.entries(ordered))("%s", async (_name, program) => {
    expect(await races(program)).toEqual([]);
    for (let seed = 1; seed < 4; seed++) expect(await races(program, seed)).toEqual([]);
  });
});

describe("finds a race where there is", () => {
  test.each(Object.entries(unordered))("%s", async (_name, program) => {
    const found = await races(program);
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) expect(each).toMatch(/^(read|write)-(read|write) box\.n$/);
  });
});

/** The specification's gotcha: goroutines that count without a lock (01-goroutines/07-race-condition). */
function counting(locked: boolean) {
  return function* main() {
    const counter = race({ n: 0 }, { name: "counter" });
    const mu = new Mutex();
    const wg = new WaitGroup();
    for (let i = 0; i < 5; i++) {
      wg.go(function* increment() {
        if (locked) yield* mu.lock();
        const { n } = counter;
        yield* runtime.gosched();
        counter.n = n + 1;
        if (locked) mu.unlock();
      });
    }
    yield* wg.wait();
    return counter.n;
  };
}

describe("the specification's race condition", () => {
  test("is found, with both accesses, their stacks and what is missing", async () => {
    const error = (await run(counting(false)).catch((error: unknown) => error)) as RaceError;
    expect(error).toBeInstanceOf(RaceError);
    expect(error.code).toBe("RACE");
    expect(error.what).toBe("counter.n");
    expect(error.accesses).toMatchObject([
      { kind: "read", goroutine: { id: 3, name: "increment" } },
      { kind: "write", goroutine: { id: 2, name: "increment" } },
    ]);
    for (const { stack } of error.accesses) expect(stack).toMatch(/^increment\(\)\n\t.*race\.test\.ts:\d+:\d+$/);
    expect(error.message).toMatch(/data race on counter\.n\n\ngoroutine 2 \(increment\) writes it at\nincrement\(\)/);
    expect(error.message).toMatch(/goroutine 3 \(increment\) had read it at\n/);
    expect(error.message).toContain(
      "missing: anything from goroutine 3, after its read, to goroutine 2, before its write",
    );
    expect(error.message).toContain("(goroutine 2 has heard nothing of goroutine 3)");
  });

  test("its twin with a mutex is silent", async () => {
    expect(await run(counting(true))).toBe(5);
  });

  test("in a bubble too", async () => {
    await expect(bubble(counting(false))).rejects.toBeInstanceOf(RaceError);
    expect(await bubble(counting(true))).toBe(5);
  });

  test("says what was heard last", async () => {
    const error = (await run(function* () {
      const box = race({ n: 0 });
      const ch = chan<void>(0, { name: "early" });
      go(function* () {
        yield* ch.send();
        box.n++;
      });
      yield* ch.recv();
      yield* runtime.gosched();
      box.n++;
    }).catch((error: unknown) => error)) as RaceError;
    expect(error.message).toContain('goroutine 1 heard of goroutine 2, before that write, was through channel "early"');
  });
});

describe("what is accessed atomically", () => {
  /** Two goroutines that do `first` and `second` to the same object, which nothing orders. */
  const both = (
    atomic: true | readonly unknown[] | undefined,
    first: (box: Wide) => void,
    second: (box: Wide) => void,
  ) => {
    const found: string[] = [];
    return run(function* () {
      const options = { name: "box", report: (error: RaceError) => void found.push(error.what) };
      const value: Wide = { n: 0, ready: false, inner: { m: 0 }, list: [0], map: new Map([["a", 1]]) };
      const box = race(value, atomic === undefined ? options : { ...options, atomic });
      const all = [go(() => first(box)), go(() => second(box))];
      for (const g of all) yield* g.join();
      return found;
    });
  };
  interface Wide {
    n: number;
    ready: boolean;
    inner: { m: number };
    list: number[];
    map: Map<string, number>;
  }

  test("does not race, and all else does", async () => {
    const count = (box: Wide) => void box.n++;
    expect(await both(undefined, count, count)).not.toEqual([]);
    expect(await both(["n"], count, count)).toEqual([]);
    expect(await both(["ready"], count, count)).not.toEqual([]);
    expect(await both(true, count, count)).toEqual([]);
    const inner = (box: Wide) => void box.inner.m++;
    expect(await both(["inner"], inner, inner)).toContain("box.inner.m");
    expect(await both(true, inner, inner)).toEqual([]);
    const element = (box: Wide) => void (box.list[0] as number)++;
    expect(await both(true, element, element)).toEqual([]);
    const entry = (box: Wide) => void box.map.set("a", 2);
    expect(await both(undefined, entry, entry)).not.toEqual([]);
    expect(await both(true, entry, entry)).toEqual([]);
  });

  test("is named as it is accessed: an element by its number, an entry by its key", async () => {
    const found: string[] = [];
    const report = (error: RaceError) => void found.push(error.what);
    await run(function* () {
      const list = race([0, 0], { name: "list", atomic: [0], report });
      const map = race(new Map([["a", 1]]), { name: "map", atomic: ["a"], report });
      const count = () => {
        (list[0] as number)++;
        map.set("a", 1 + (map.get("a") as number));
      };
      const all = [go(count), go(count)];
      for (const g of all) yield* g.join();
      expect([list[0], map.get("a")]).toEqual([2, 3]);
    });
    expect(found).toEqual([]);
  });

  test("orders what is around it: what came before a write, after a read of it", async () => {
    const publish = (box: Wide) => {
      box.n = 1;
      box.ready = true;
    };
    const use = (box: Wide) => {
      if (box.ready) box.n++;
    };
    expect(await both(["ready"], publish, use)).toEqual([]);
    const late = (box: Wide) => {
      box.ready = true;
      box.n = 1;
    };
    expect(await both(["ready"], late, use)).toContain("box.n");
  });

  test("is a list or true", () => {
    expect(() => race({ n: 0 }, { atomic: "n" as never })).toThrow(
      'race: atomic: expected true or a list of names, got "n"',
    );
  });
});
