/** Go's documentation of `sync.Once`, `sync.OnceFunc` and its like, sentence by sentence, and what this library adds to it. */
import { run, runtime, select } from "millrace";
import { type Action, Once, onceFunc, onceValue, onceValues } from "millrace/sync";
import { describe, expect, expectTypeOf, test } from "vitest";
import { both } from "../kit/both.ts";
import { collect } from "../kit/heap.ts";
import { deadlock } from "../kit/virtual.ts";

describe("Once", () => {
  both("do calls the function only the first time, whatever it is passed", function* (t) {
    const once = new Once();
    const calls: string[] = [];
    yield* t.on(once.do(() => calls.push("first")));
    yield* t.on(once.do(() => calls.push("second")));
    expect(calls).toEqual(["first"]);
  });

  both("no call of do returns until the one call has returned", function* (t) {
    const once = new Once();
    let ended = false;
    const fn = function* () {
      for (let i = 0; i < 5; i++) yield* runtime.gosched();
      ended = true;
    };
    const all = [0, 1, 2].map(() =>
      t.start(function* () {
        yield* t.on(once.do(fn));
        return ended;
      }),
    );
    for (const { g } of all) yield* t.on(g.join());
    expect(all.map(({ value }) => value)).toEqual([true, true, true]);
  });

  both("a function that panics counts as done", function* (t) {
    const once = new Once();
    const first = t.perform(
      once.do(() => {
        throw new Error("boom");
      }),
    );
    yield* t.on(first.g.join());
    expect(first.error).toEqual(new Error("boom"));
    yield* t.on(once.do(() => expect.unreachable()));
  });

  both("a function that leaves by goexit counts as done", function* (t) {
    const once = new Once();
    yield* t.on(t.perform(once.do(() => runtime.goexit())).g.join());
    yield* t.on(once.do(() => expect.unreachable()));
  });

  test("do called within do is a deadlock", async () => {
    const error = await deadlock(function* main() {
      const once = new Once();
      yield* once.do(() => once.do(() => undefined));
    });
    expect(error.goroutines.map(({ reason }) => reason)).toEqual(["sync.Mutex.Lock"]);
  });

  test("refuses what is no function, and to be a case of a select", () => {
    expect(() => new Once().do(3 as never)).toThrow("Once.do: expected a function, got 3");
    // @ts-expect-error a composite action is no operation
    expect(() => select({ o: new Once().do(() => 1) })).toThrow(TypeError);
  });
});

describe("onceValue", () => {
  both("calls the function once and gives its result to all", function* (t) {
    let calls = 0;
    const get = onceValue(async () => ++calls);
    const all = [0, 1, 2].map(() => t.perform(get()));
    for (const { g } of all) yield* t.on(g.join());
    expect(all.map(({ value }) => value)).toEqual([1, 1, 1]);
    expect(yield* t.on(get())).toBe(1);
  });

  both("throws the same to all when the function throws", function* (t) {
    const error = new Error("boom");
    const get = onceValue(() => {
      throw error;
    });
    for (let i = 0; i < 3; i++) {
      const ended = t.perform(get());
      yield* t.on(ended.g.join());
      expect(ended.error).toBe(error);
    }
  });

  test("is typed by what the function gives", () =>
    run(function* () {
      const n: number = yield* onceValue(function* () {
        yield* runtime.gosched();
        return 1;
      })();
      const s: string = yield* onceValue(async () => "x")();
      expect([n, s]).toEqual([1, "x"]);
    }));
});

const makers: readonly (readonly [string, (fn: () => unknown[]) => () => Action<unknown>])[] = [
  ["onceFunc", onceFunc],
  ["onceValue", onceValue],
  ["onceValues", onceValues],
];

describe("onceFunc, onceValues", () => {
  both("call the function once, and give nothing or all it gave", function* (t) {
    let calls = 0;
    const open = onceFunc(() => ++calls);
    yield* t.on(open());
    yield* t.on(open());
    expect(calls).toBe(1);
    const pair = onceValues(async () => [++calls, "a"]);
    const [n, name] = yield* t.on(pair());
    expect([n, name, calls]).toEqual([2, "a", 2]);
    expect(yield* t.on(pair())).toBe(yield* t.on(pair()));
  });

  both("throw the same in every call", function* (t) {
    for (const [, make] of makers) {
      const error = new Error("boom");
      const once = make(() => {
        throw error;
      });
      for (let i = 0; i < 2; i++) {
        try {
          yield* t.on(once());
          expect.unreachable();
        } catch (thrown) {
          expect(thrown).toBe(error);
        }
      }
    }
  });

  test("their types", () => {
    expectTypeOf(onceFunc(() => 1)).returns.resolves.toEqualTypeOf<void>();
    expectTypeOf(onceValues(() => [1, "a"])).returns.resolves.toEqualTypeOf<readonly [1, "a"]>();
  });

  test("refuse what is not a function", () => {
    for (const make of [onceFunc, onceValues]) {
      expect(() => make(null as never)).toThrow("go of nil func value");
      expect(() => make(1 as never)).toThrow(`${make.name}: expected a function, got 1`);
    }
  });
});

/** A function, and whether what it refers to is still there. */
function referring(fails: boolean): { fn: () => unknown[]; kept: WeakRef<object> } {
  const big = { size: 5 };
  const fn = () => {
    if (fails) throw new Error("boom");
    return [big.size];
  };
  return { fn, kept: new WeakRef(big) };
}

for (const [name, make] of makers) {
  test.each([false, true])(`${name} does not keep its function after the first call, failed: %s`, async (fails) => {
    const [once, kept] = ((made) => [make(made.fn), made.kept] as const)(referring(fails));
    // The engine keeps the functions in an error's stack until that is read.
    const perform = () => run(() => once()).catch((error) => void error.stack);
    await perform();
    await perform();
    await collect();
    expect(kept.deref()).toBe(undefined);
    await perform(); // it was there until now
  });
}
