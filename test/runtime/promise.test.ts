/** `wait(promise)`: one reaction per promise, laziness, rejections, thenables of other makes. */
import { chan, type Go, go, run, runtime, select, wait } from "millrace";
import { Canceled } from "millrace/context";
import { SingleFlight } from "millrace/sync";
import { describe, expect, test } from "vitest";
import { turns } from "../kit/turns.ts";

/** A promise that counts its reactions, and what settles it. */
function counted<T>(): { promise: Promise<T>; resolve: (value: T) => void; reactions: () => number } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  let reactions = 0;
  const then = promise.then.bind(promise);
  // biome-ignore lint/suspicious/noThenProperty: it counts
  promise.then = ((...args: Parameters<typeof then>) => {
    reactions++;
    return then(...args);
  }) as typeof promise.then;
  return { promise, resolve, reactions: () => reactions };
}

test("gives what the promise resolves to, at once if it is known", async () => {
  await run(function* () {
    const promise = Promise.resolve({ n: 1 });
    const first = yield* wait(promise);
    expect(first).toStrictEqual({ n: 1 });
    expect(yield* wait(promise)).toBe(first);
    expect(yield* select({ p: wait(promise), default: true })).toStrictEqual({ case: "p", value: first });
  });
});

test("throws what it was rejected with where it is performed, each time", async () => {
  const failure = new Error("rejected");
  const promise = Promise.reject(failure);
  await run(function* () {
    for (let i = 0; i < 3; i++) {
      let caught: unknown;
      try {
        yield* wait(promise);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(failure);
    }
  });
});

test("parks on a pending promise; all who wait are woken, in the order they came", async () => {
  const { promise, resolve } = counted<string>();
  const order: string[] = [];
  await run(function* () {
    const all = ["a", "b", "c"].map((name) =>
      go(function* () {
        order.push(`${name} ${yield* wait(promise)}`);
      }),
    );
    yield* runtime.gosched();
    expect(order).toStrictEqual([]);
    resolve("done");
    for (const g of all) yield* g.join();
  });
  expect(order).toStrictEqual(["a done", "b done", "c done"]);
});

test("a promise gets one reaction, however often it is waited for and by whomever", async () => {
  const { promise, resolve, reactions } = counted<number>();
  await run(function* () {
    const ch = chan<number>();
    const op = wait(promise);
    for (let i = 0; i < 1000; i++) {
      yield* select({ p: wait(promise), default: true });
      yield* select([op, select([wait(promise)]), runtime.gosched()]);
    }
    go(() => wait(promise));
    go(async () => await wait(promise));
    const s = go(() => select({ p: wait(promise), ch: ch.recv() }));
    yield* wait(turns());
    resolve(5);
    expect(yield* s.join()).toStrictEqual({ case: "p", value: 5 });
    expect(yield* wait(promise)).toBe(5);
  });
  expect(reactions()).toBe(1);
});

test("the one reaction is there from the start, so that a case which loses unattempted leaves no rejection unhandled", async () => {
  const { promise, reactions } = counted<number>();
  wait(promise);
  wait(promise);
  expect(reactions()).toBe(1);
  await run(function* () {
    const ready = chan<number>(1);
    ready.trySend(1);
    const s = yield* select([ready.recv(), wait(Promise.reject(new Error("handled")))], { order: "listed" });
    expect(s.index).toBe(0);
    yield* wait(turns());
  });
});

test("a promise that was waited for counts as handled, even by a losing case", async () => {
  // With a seed nobody is interrupted before the select, after which the case would be ready and no loser.
  const program = function* (): Go {
    const rejecting = Promise.reject(new Error("handled"));
    yield* select({ p: wait(rejecting), default: true });
    yield* wait(turns());
  };
  await run(program, { seed: 1 });
});

test("thenables of other makes behave like promises", async () => {
  const plain = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable
    then: (done: (value: unknown) => void) => done(1),
  };
  const twice = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable
    then(done: (value: unknown) => void, failed: (error: unknown) => void) {
      done(2);
      done(3);
      failed(new Error("too late"));
    },
  };
  const nested = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable
    then: (done: (value: unknown) => void) => done(Promise.resolve(plain)),
  };
  const throwing = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable
    then() {
      throw new Error("thrown by then");
    },
  };
  await run(function* () {
    expect(yield* wait(plain as PromiseLike<unknown>)).toBe(1);
    expect(yield* wait(twice as PromiseLike<unknown>)).toBe(2);
    expect(yield* wait(nested as PromiseLike<unknown>)).toBe(1);
    let caught: unknown;
    try {
      yield* wait(throwing as unknown as PromiseLike<unknown>);
    } catch (error) {
      caught = error;
    }
    expect((caught as Error).message).toBe("thrown by then");
  });
});

test("a promise of undefined, null and NaN", async () => {
  await run(function* () {
    for (const value of [undefined, null, Number.NaN]) expect(yield* wait(Promise.resolve(value))).toBe(value);
    const g = go(() => wait(turns()));
    expect(yield* g.join()).toBe(undefined);
  });
});

test("awaiting it in an async function is as good as the promise", async () => {
  expect(await wait(Promise.resolve(4))).toBe(4);
  await expect(wait(Promise.reject(new Error("no")))).rejects.toThrow("no");
});

test("a promise that settles after its waiter lost goes to nobody", async () => {
  const { promise, resolve } = counted<number>();
  await run(function* () {
    const ch = chan<string>(1);
    const s = go(() => select({ p: wait(promise), ch: ch.recv() }));
    yield* runtime.gosched();
    yield* ch.send("first");
    resolve(1);
    expect(yield* s.join()).toStrictEqual({ case: "ch", value: "first" });
    yield* wait(turns());
  });
});

describe("the stack of a rejection ends with the frames of the goroutine that waits, as with await", () => {
  const failing = async (): Promise<never> => {
    await null;
    throw new Error("down");
  };
  function* query(promise: Promise<unknown>): Go {
    yield* wait(promise);
  }
  function* selecting(promise: Promise<unknown>): Go {
    yield* select({ first: wait(promise), second: wait(new Promise(() => {})) });
  }

  /** The functions in the stack of what `query` throws, called by `load`, that a goroutine's frames name. */
  function waiting(error: unknown): string[] {
    const lines = (error as Error).stack?.split("\n") ?? [];
    const at = lines.map((line) => /^ {4}at async (\w+) \(.*promise\.test\.ts:\d+:\d+\)$/.exec(line)?.[1]);
    return at.filter((name) => name !== undefined);
  }
  function* load(body: typeof query, promise: Promise<unknown>): Go<unknown> {
    try {
      yield* body(promise);
    } catch (error) {
      return error;
    }
    return undefined;
  }

  test("whether it is pending or rejected already, alone or in a select", async () => {
    await run(function* outermost() {
      const rejected = failing();
      yield* load(query, rejected);
      const already = [failing(), failing()];
      for (const promise of already) promise.catch(() => {});
      yield* wait(turns());
      for (const [body, name, promise] of [
        [query, "query", failing()],
        [selecting, "selecting", failing()],
        [query, "query", already[0]],
        [selecting, "selecting", already[1]],
      ] as const) {
        const error = yield* load(body, promise as Promise<never>);
        expect(waiting(error)).toStrictEqual([name, "load", "outermost"]);
        expect((error as Error).stack).toMatch(/^Error: down\n {4}at failing /);
      }
    });
  });

  test("once, of the goroutine that it is thrown in first", async () => {
    await run(function* outermost() {
      const promise = failing();
      const error = yield* load(query, promise);
      const { stack } = error as Error;
      expect(yield* load(selecting, promise)).toBe(error);
      expect(yield* load(query, Promise.reject(error))).toBe(error);
      expect((error as Error).stack).toBe(stack);
    });
  });

  test("not again, where they are in it because the goroutine itself called what failed", async () => {
    await run(function* outermost() {
      const error = yield* load(function* calling() {
        yield* wait((async () => Promise.reject(new Error("at once")))());
      }, Promise.resolve());
      expect(waiting(error)).toStrictEqual([]);
      expect((error as Error).stack?.match(/at (calling|load|outermost) /g)).toHaveLength(3);
    });
  });

  test("what can't be written to is thrown as it is: a frozen error, a getter that throws, what is no error", async () => {
    const frozen = Object.freeze(new Error("frozen"));
    const hostile = Object.defineProperty(new Error("hostile"), "stack", {
      get() {
        throw new Error("no stack");
      },
    });
    const { stack } = frozen;
    const object = { stack: "mine" };
    await run(function* () {
      for (const value of [frozen, hostile, object, "text", undefined, null]) {
        expect(yield* load(query, Promise.reject(value))).toBe(value);
      }
    });
    expect([frozen.stack, object.stack]).toStrictEqual([stack, "mine"]);
  });

  test("not the sentinel errors of contexts, which many get", async () => {
    const { stack } = Canceled;
    await run(function* () {
      expect(yield* load(query, Promise.reject(Canceled))).toBe(Canceled);
    });
    expect(Canceled.stack).toBe(stack);
  });

  test("nothing of what is thrown by an operation that is no promise", async () => {
    const error = await run(function* outermost() {
      const shared = new Error("shared");
      const g = new SingleFlight<string>();
      return yield* load(function* () {
        yield* g.do("key", function* () {
          yield* runtime.gosched();
          throw shared;
        });
      }, Promise.resolve());
    });
    expect(waiting(error)).toStrictEqual([]);
  });
});
