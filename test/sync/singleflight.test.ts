/** The documentation of golang.org/x/sync/singleflight, sentence by sentence, and what this library adds to it. */
import { go, run, runtime, select } from "millrace";
import { SingleFlight, WaitGroup } from "millrace/sync";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both } from "../kit/both.ts";

function slow<T>(result: () => T): () => Generator<never, T> {
  return function* () {
    for (let i = 0; i < 5; i++) yield* runtime.gosched() as Iterable<never, void>;
    return result();
  };
}

both("do gives the function's result", function* (t) {
  const flights = new SingleFlight<string>();
  expect(yield* t.on(flights.do("key", async () => "bar"))).toEqual({ value: "bar", shared: false });
});

both("only one call is under way for a key; the others get its result", function* (t) {
  const flights = new SingleFlight<string>();
  let calls = 0;
  const all = [0, 1, 2].map(() =>
    t.perform(
      flights.do(
        "key",
        slow(() => ++calls),
      ),
    ),
  );
  for (const { g } of all) yield* t.on(g.join());
  expect(all.map(({ value }) => value)).toEqual(Array(3).fill({ value: 1, shared: true }));
  expect(
    yield* t.on(
      flights.do(
        "key",
        slow(() => ++calls),
      ),
    ),
  ).toEqual({ value: 2, shared: false });
});

both("keys do not disturb each other", function* (t) {
  const flights = new SingleFlight<number>();
  const all = [1, 2].map((key) =>
    t.perform(
      flights.do(
        key,
        slow(() => key),
      ),
    ),
  );
  for (const { g } of all) yield* t.on(g.join());
  expect(all.map(({ value }) => value?.value)).toEqual([1, 2]);
});

both("an error goes to all", function* (t) {
  const flights = new SingleFlight<string>();
  const error = new Error("boom");
  const all = [0, 1].map(() =>
    t.perform(
      flights.do(
        "key",
        slow(() => {
          throw error;
        }),
      ),
    ),
  );
  for (const { g } of all) yield* t.on(g.join());
  expect(all.map((each) => each.error)).toEqual([error, error]);
});

test("when the function leaves by goexit, so do all", () =>
  run(
    function* () {
      const flights = new SingleFlight<string>();
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++) {
        wg.go(function* () {
          yield* flights.do("key", function* () {
            yield* runtime.gosched();
            yield* runtime.goexit();
          });
          expect.unreachable();
        });
      }
      yield* wg.wait();
      expect((yield* flights.do("key", () => 1)).value).toBe(1);
    },
    { leaks: true },
  ));

both("forget makes the next call call its function", function* (t) {
  const flights = new SingleFlight<string>();
  const first = t.perform(
    flights.do(
      "key",
      slow(() => "old"),
    ),
  );
  const joined = t.perform(flights.do("key", () => "unused"));
  yield* t.on(runtime.gosched());
  yield* t.on(runtime.gosched());
  flights.forget("key");
  expect(yield* t.on(flights.do("key", () => "new"))).toEqual({ value: "new", shared: false });
  yield* t.on(joined.g.join());
  expect([first.value, joined.value]).toEqual(Array(2).fill({ value: "old", shared: true }));
});

both("doChan gives a channel that receives the result", function* (t) {
  const flights = new SingleFlight<string>();
  const a = flights.doChan(
    "key",
    slow(() => 1),
  );
  const b = flights.doChan("key", () => 2);
  const s = yield* t.on(select({ a: a.recv() }));
  expect(s.value).toEqual({ value: 1, shared: true });
  expect(yield* t.on(b.recv())).toEqual({ value: 1, shared: true });
});

both("doChan sends what the function threw, and needs no reader", function* (t) {
  const flights = new SingleFlight<string>();
  const error = new Error("boom");
  const fail = slow(() => {
    throw error;
  });
  flights.doChan("unread", fail);
  expect(yield* t.on(flights.doChan("key", fail).recv())).toEqual({ error, shared: false });
  yield* t.settle();
});

test("nobody joins a flight whose run is over", () =>
  run(
    function* () {
      const flights = new SingleFlight<string>();
      const g = go(async () => {
        await run(function* () {
          flights.doChan("key", function* () {
            yield* select({});
          });
          yield* runtime.gosched();
          yield* runtime.gosched();
        });
        expect(await flights.do("key", () => "mine")).toEqual({ value: "mine", shared: false });
      });
      yield* g.join();
    },
    { leaks: true },
  ));

test("refuses what is no function, and to be a case of a select", () => {
  const flights = new SingleFlight();
  expect(() => flights.do("k", 1 as never)).toThrow("SingleFlight.do: expected a function, got 1");
  expect(() => flights.doChan("k", 1 as never)).toThrow("SingleFlight.doChan: expected a function, got 1");
  // @ts-expect-error a composite action is no operation
  expect(() => select({ f: flights.do("k", () => 1) })).toThrow(TypeError);
});

describe("again", () => {
  both("runs once more after the call that is under way, for all who asked meanwhile", function* (t) {
    const flights = new SingleFlight<string>();
    const calls: string[] = [];
    const save = (name: string) =>
      function* () {
        calls.push(name);
        yield* sleep(10);
        return name;
      };
    const first = t.perform(flights.again("key", save("first")));
    yield* t.settle();
    const all = ["second", "third", "fourth"].map((name) => t.perform(flights.again("key", save(name))));
    yield* t.on(sleep(1));
    const joins = t.perform(flights.do("key", save("never")));
    for (const { g } of [first, ...all, joins]) yield* t.on(g.join());
    expect(calls).toEqual(["first", "second"]);
    expect(first.value).toEqual({ value: "first", shared: true });
    expect(joins.value).toEqual({ value: "first", shared: true });
    expect(all.map(({ value }) => value)).toEqual(Array(3).fill({ value: "second", shared: true }));
    expect(yield* t.on(flights.again("key", () => 5))).toEqual({ value: 5, shared: false });
  });

  both("what it throws is thrown to all, and the next one is called", function* (t) {
    const flights = new SingleFlight<string>();
    const boom = new Error("boom");
    const fails = function* () {
      yield* sleep(1);
      throw boom;
    };
    const under = t.perform(flights.do("key", () => sleep(5)));
    yield* t.settle();
    const all = [1, 2].map(() =>
      t.start(function* () {
        try {
          yield* t.on(flights.again("key", fails));
        } catch (error) {
          return error;
        }
        return undefined;
      }),
    );
    for (const { g } of [under, ...all]) yield* t.on(g.join());
    expect(all.map(({ value }) => value)).toEqual([boom, boom]);
    expect((yield* t.on(flights.again("key", () => 1))).value).toBe(1);
  });
});
