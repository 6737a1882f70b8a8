/** What `go` and `run` take, and what a goroutine's body may yield. */
import { ArgumentError, chan, type Go, go, Panic, type RecvChan, range, run, runtime, wait } from "millrace";
import { generate } from "millrace/patterns";
import { expect, test } from "vitest";

const launch = go as unknown as (fn: unknown, ...args: unknown[]) => unknown;
const begin = run as unknown as (fn: unknown, options?: unknown) => Promise<unknown>;

test.each([null, undefined])("%s is a nil function", async (fn) => {
  for (const call of [() => launch(fn), () => begin(fn)]) {
    const error = await Promise.resolve()
      .then(call)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Panic);
    expect((error as Panic).code).toBe("NIL_FUNCTION");
    expect((error as Panic).message).toContain("go of nil func value");
  }
});

test.each([5, "worker", {}, [], Symbol("s")])("%o is no function", async (fn) => {
  expect(() => launch(fn)).toThrow(ArgumentError);
  await expect(begin(fn)).rejects.toThrow(ArgumentError);
});

test("a generator instead of its function: the call is to be left out", () => {
  function* worker() {}
  expect(() => launch(worker())).toThrow(/expected a function, got a generator.*go\(worker, …\)|expected a function/);
});

test("an async generator is refused", async () => {
  const error = await run(function* () {
    launch(async function* ticker() {});
    yield* runtime.gosched();
  }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toMatch(/ticker is an async generator/);
});

test.each([
  [5, "5"],
  ["text", '"text"'],
  [undefined, "undefined"],
  [null, "null"],
  [{ parked: true }, "an object"],
  [Promise.resolve(), "a Promise"],
])("a body that yields %o is told to write yield*", async (value, shown) => {
  const error = await begin(function* worker() {
    yield value;
  }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toMatch(/yield\*/);
  expect((error as Error).message).toContain(shown);
  expect((error as Error).message).toContain("worker");
});

test("yield without the star before an operation names the mistake, and the operation does not happen", async () => {
  const ch = chan<number>(1);
  const error = await begin(function* worker() {
    yield ch.send(1);
  }).catch((thrown: unknown) => thrown);
  expect((error as Error).message).toMatch(/operation without the star.*yield\*/);
  expect(ch.length).toBe(0);
});

test("the mistake is thrown at the yield, so a catch there sees it and the goroutine goes on", async () => {
  const seen: unknown[] = [];
  const result = await begin(function* () {
    for (let i = 0; i < 3; i++) {
      try {
        yield i;
      } catch (error) {
        seen.push((error as Error).message);
      }
    }
    yield* runtime.gosched();
    return "went on";
  });
  expect(result).toBe("went on");
  expect(seen.length).toBe(3);
});

test("yield* undefined and yield* of what is not iterable fail in the goroutine", async () => {
  for (const value of [undefined, null, 5, {}]) {
    const error = await begin(function* () {
      yield* value as unknown as Go;
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
  }
});

test("yield* over an array yields what is no operation", async () => {
  await expect(
    begin(function* () {
      yield* [1, 2] as unknown as Go;
    }),
  ).rejects.toThrow(/yielded 1; write yield\*/);
});

test("yield* of a promise: it is to be waited for", async () => {
  await expect(
    begin(function* () {
      yield* Promise.resolve(1) as unknown as Go;
    }),
  ).rejects.toThrow(TypeError);
});

test("a generator that is iterated instead of delegated to is named, and leaves nobody on a queue", async () => {
  const ch = chan<number>();
  const error = await begin(function* worker() {
    function* helper() {
      yield* ch.recv();
    }
    for (const _ of helper()) break;
  }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toMatch(/worker.*did not wait.*chan receive.*yield\*/);
  expect(ch.trySend(1)).toBe(false);
});

test("a function that returns an iterator of another make is a goroutine too", async () => {
  const ch = chan<number>();
  const got: unknown[] = [];
  await run(function* () {
    const g = go(() => {
      const op = ch.recv();
      let it: Iterator<unknown> | undefined;
      return {
        next(value?: unknown) {
          it ??= op[Symbol.iterator]();
          const result = it.next(value as never);
          if (result.done) got.push(result.value);
          return result;
        },
        [Symbol.iterator]() {
          return this;
        },
      };
    });
    yield* ch.send(5);
    yield* g.join();
  });
  expect(got).toStrictEqual([5]);
});

test("an engine may hand on what yield* gets in results of its own, as JavaScriptCore does", async () => {
  const copying = <R>(inner: Go<R>): Go<R> => {
    const copy = <T extends IteratorResult<unknown, unknown>>(result: T): T => ({ ...result });
    const outer = { next: () => copy(inner.next()), throw: (error: unknown) => copy(inner.throw(error)) };
    return { ...outer, [Symbol.iterator]: () => outer } as unknown as Go<R>;
  };
  const seen: unknown[] = [];
  const result = await run(function* () {
    const ch = chan<number>();
    const body = function* (): Go<string> {
      seen.push(yield* ch.recv(), yield* ch.recv());
      return "done";
    };
    const g = go(() => copying(body()));
    yield* ch.send(1);
    yield* ch.send(2);
    const given = generate(function* () {
      yield yield* copying(body());
    });
    go(function* () {
      yield* ch.send(3);
      yield* ch.send(4);
    });
    return [yield* g.join(), yield* given.recv()];
  });
  expect(result).toEqual(["done", "done"]);
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("helpers nest as deep as one likes, and return values", async () => {
  function* depth(n: number, ch: RecvChan<number>): Go<number> {
    if (n === 0) return (yield* ch.recv()) as number;
    return (yield* depth(n - 1, ch)) + 1;
  }
  const ch = chan<number>();
  const result = await run(function* () {
    const g = go(() => depth(200, ch));
    yield* ch.send(1000);
    return yield* g.join();
  });
  expect(result).toBe(1200);
});

test("plain results that look like something else are just results", async () => {
  await run(function* () {
    const results = [[1, 2], new Map([[1, 2]]), { next: 5 }, "text", null, undefined, () => {}];
    for (const result of results) expect(yield* go(() => result).join()).toBe(result);
  });
});

test("an operation that main returns unperformed is named, rather than waited for in vain", async () => {
  const ch = chan<number>(1);
  ch.trySend(1);
  const failed = run(function* () {
    return ch.recv();
  });
  await expect(failed).rejects.toThrow(/operation that it did not perform.*yield\*/);
  expect(ch.length).toBe(1);
});

test("a function that returns a thenable of another make, which calls back at once and twice", async () => {
  await run(function* () {
    const g = go(() => ({
      // biome-ignore lint/suspicious/noThenProperty: a thenable
      then(done: (value: number) => void) {
        done(1);
        done(2);
        throw new Error("too late");
      },
    }));
    expect(yield* g.join()).toBe(1);
    expect(runtime.numGoroutine()).toBe(1);
  });
});

test("arguments are evaluated at the go statement, defaults included", async () => {
  const order: string[] = [];
  await run(function* () {
    function* worker(a: number, b = order.push("default")) {
      order.push(`body ${a} ${b}`);
    }
    go(worker, 1);
    order.push("after go");
    yield* runtime.gosched();
  });
  expect(order).toStrictEqual(["default", "after go", "body 1 1"]);
});

test("a plain function runs in its turn, not at the go statement", async () => {
  const order: string[] = [];
  await run(function* () {
    go(() => order.push("plain"));
    go(async () => order.push("async"));
    order.push("after go");
    yield* runtime.gosched();
  });
  expect(order).toStrictEqual(["after go", "plain", "async"]);
});

test("range refuses what is no channel", () => {
  for (const bad of [undefined, null, 5, [], {}, [1][Symbol.iterator]()]) {
    expect(() => range(bad as never)).toThrow(ArgumentError);
    expect(() => range(bad as never)).toThrow(/range: expected a channel, got/);
  }
});

test("wait refuses what is no promise, and an operation", () => {
  for (const bad of [undefined, null, 5, {}, () => {}]) {
    expect(() => wait(bad as never)).toThrow(/wait: expected a promise, got/);
  }
  expect(() => wait(chan().recv())).toThrow(/wait: got an operation/);
});
