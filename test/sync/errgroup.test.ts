/** The documentation of golang.org/x/sync/errgroup, sentence by sentence, and what this library adds to it. */
import { chan, type Op, run, runtime, select } from "millrace";
import { background, Canceled, cause, withCancel, withTimeout } from "millrace/context";
import { ErrGroup } from "millrace/sync";
import { race } from "millrace/testing";
import { sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { both, type Kit } from "../kit/both.ts";
import { expectPanic, panics } from "../kit/panics.ts";
import type { Script } from "../kit/styles.ts";
import { thrown } from "../kit/thrown.ts";
import { deadlock } from "../kit/virtual.ts";

/** What waiting throws. */
function* failure(t: Kit, op: Op<void>): Script<unknown> {
  try {
    yield* t.on(op);
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

function lasting(ms: number, error?: unknown) {
  return function* () {
    yield* sleep(ms);
    if (error !== undefined) throw error;
  };
}

both("wait blocks until all functions have returned", function* (t) {
  const group = new ErrGroup();
  let ended = 0;
  for (const ms of [1, 3, 2]) {
    group.go(async () => {
      await sleep(ms);
      ended++;
    });
  }
  yield* t.on(group.wait());
  expect(ended).toBe(3);
  expect(group.errors).toEqual([]);
});

both("wait throws the first error, and the others are kept", function* (t) {
  const group = new ErrGroup();
  const [a, b] = [new Error("a"), new Error("b")];
  group.go(lasting(3, b));
  group.go(lasting(1, a));
  group.go(lasting(2));
  expect(yield* failure(t, group.wait())).toBe(a);
  expect(group.errors).toEqual([a, b]);
  expect(yield* failure(t, group.wait())).toBe(a);
});

both("functions of any kind fail alike", function* (t) {
  for (const fn of [
    () => {
      throw new Error("boom");
    },
    async () => {
      throw new Error("boom");
    },
    function* () {
      yield* runtime.gosched();
      throw new Error("boom");
    },
  ]) {
    const group = new ErrGroup();
    group.go(fn as () => unknown);
    expect(yield* failure(t, group.wait())).toEqual(new Error("boom"));
  }
});

both("arguments are passed on", function* (t) {
  const group = new ErrGroup();
  const got: unknown[] = [];
  group.go((a: number, b: string) => got.push(a, b), 1, "x");
  yield* t.on(group.wait());
  expect(got).toEqual([1, "x"]);
});

both("a function that leaves by goexit has not failed", function* (t) {
  const group = new ErrGroup();
  group.go(() => runtime.goexit());
  group.go(async () => void (await runtime.goexit()));
  yield* t.on(group.wait());
});

describe("withContext", () => {
  both("the first error cancels the context, with itself as the cause", function* (t) {
    const [group, ctx] = ErrGroup.withContext(background());
    const error = new Error("boom");
    let stopped = 0;
    for (let i = 0; i < 3; i++) {
      group.go(function* () {
        yield* ctx.done().recv();
        stopped++;
        throw ctx.err();
      });
    }
    group.go(lasting(5, error));
    expect(yield* failure(t, group.wait())).toBe(error);
    expect(stopped).toBe(3);
    expect([ctx.err(), cause(ctx)]).toEqual([Canceled, error]);
    expect(group.errors).toEqual([error, Canceled, Canceled, Canceled]);
  });

  both("wait cancels the context when it returns", function* (t) {
    const [group, ctx] = ErrGroup.withContext(background());
    group.go(lasting(5));
    expect(ctx.err()).toBe(undefined);
    yield* t.on(group.wait());
    expect(ctx.err()).toBe(Canceled);
  });

  both("the context ends with its parent", function* (t) {
    const [parent, cancel] = withCancel(background());
    const [group, ctx] = ErrGroup.withContext(parent);
    group.go(() => ctx.done().recv());
    cancel();
    yield* t.on(group.wait());
    expect(ctx.err()).toBe(Canceled);
  });

  test("refuses what is no context", () => {
    expect(() => ErrGroup.withContext({ done: true } as never)).toThrow("ErrGroup.withContext: expected a context");
  });

  test("refuses a nil parent", () => panics("NIL_CONTEXT", () => ErrGroup.withContext(undefined as never)));
});

describe("with a limit", () => {
  both("go blocks until there is room", function* (t) {
    const group = new ErrGroup();
    group.setLimit(2);
    let active = 0;
    let most = 0;
    for (let i = 0; i < 10; i++) {
      yield* t.on(
        group.go(function* () {
          most = Math.max(most, ++active);
          yield* sleep(1);
          active--;
        }),
      );
      expect(active).toBeLessThanOrEqual(2);
    }
    yield* t.on(group.wait());
    expect([most, active]).toEqual([2, 0]);
  });

  both("go takes every function at once, and wait waits for all", function* (t) {
    for (const limit of [-1, 1, 2, 5]) {
      const group = new ErrGroup();
      group.setLimit(limit);
      const ran: number[] = [];
      let active = 0;
      let most = 0;
      for (let i = 0; i < 5; i++) {
        group.go(function* () {
          most = Math.max(most, ++active);
          yield* sleep(1);
          active--;
          ran.push(i);
        });
      }
      yield* t.on(group.wait());
      expect([...ran].sort()).toEqual([0, 1, 2, 3, 4]);
      expect(most).toBe(limit < 0 ? 5 : limit);
    }
  });

  both("functions start in the order in which they were given", function* (t) {
    const group = new ErrGroup();
    group.setLimit(1);
    const ran: number[] = [];
    for (let i = 0; i < 100; i++) group.go(() => ran.push(i));
    yield* t.on(group.wait());
    expect(ran).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  both("what go gives can be performed late, twice, or lose a select", function* (t) {
    const group = new ErrGroup();
    group.setLimit(1);
    let ran = 0;
    group.go(lasting(10));
    const start = group.go(() => ran++);
    expect(start.started).toBe(false);
    const s = yield* t.on(select({ start, late: sleep(5) }));
    expect([s.case, ran]).toEqual(["late", 0]);
    yield* t.on(start);
    yield* t.on(start);
    expect(start.started).toBe(true);
    yield* t.on(group.wait());
    expect(ran).toBe(1);
  });

  both("functions that wait for room run also when one before them has failed", function* (t) {
    const [group, ctx] = ErrGroup.withContext(background());
    group.setLimit(1);
    const error = new Error("boom");
    group.go(lasting(1, error));
    const seen: unknown[] = [];
    group.go(() => seen.push(cause(ctx)));
    expect(yield* failure(t, group.wait())).toBe(error);
    expect(seen).toEqual([error]);
  });

  test("what was done before go comes before the function, also when it waits for room", () =>
    run(function* () {
      const group = new ErrGroup();
      group.setLimit(1);
      const shared = race({ n: 0 });
      group.go(lasting(1));
      shared.n = 1;
      group.go(() => shared.n);
      yield* group.wait();
    }));

  test("what is done between go and a late start is a race", () =>
    expect(
      run(function* () {
        const group = new ErrGroup();
        group.setLimit(1);
        const shared = race({ n: 0 });
        group.go(lasting(1));
        group.go(() => shared.n);
        shared.n = 1;
        yield* group.wait();
      }),
    ).rejects.toThrow("data race"));

  both("tryGo starts only if there is room", function* (t) {
    const group = new ErrGroup();
    group.setLimit(1);
    expect([group.tryGo(lasting(1)), group.tryGo(lasting(1))]).toEqual([true, false]);
    yield* t.on(group.wait());
    expect(group.tryGo(() => undefined)).toBe(true);
    yield* t.on(group.wait());
  });

  both("zero lets nothing start, a negative number everything", function* (t) {
    const group = new ErrGroup();
    group.setLimit(0);
    expect(group.tryGo(() => undefined)).toBe(false);
    const blocked = t.perform(group.go(() => undefined));
    yield* t.settle();
    expect(blocked.done).toBe(false);
    group.setLimit(-1);
    yield* t.settle();
    expect(blocked.done).toBe(true);
    expect(group.tryGo(() => undefined)).toBe(true);
    yield* t.on(group.wait());
  });

  both("it can't be changed while goroutines are active", function* (t) {
    const group = new ErrGroup();
    group.go(lasting(1));
    const error = thrown(() => group.setLimit(3));
    expectPanic(error, "ERRGROUP_LIMIT");
    expect((error as Error).message).toMatch(/^errgroup: modify limit while goroutines in the group are still active/);
    yield* t.on(group.wait());
    group.setLimit(3);
  });
});

both("waiting can be given up", function* (t) {
  const [ctx, cancel] = withTimeout(background(), 10);
  const group = new ErrGroup();
  group.go(lasting(100));
  const s = yield* t.on(select({ all: group.wait(), late: ctx.done().recv() }));
  expect(s.case).toBe("late");
  cancel();
  yield* t.on(group.wait());
});

test("refuses what is no function and no limit", () => {
  const group = new ErrGroup();
  panics("NIL_FUNCTION", () => group.go(null as never));
  panics("NIL_FUNCTION", () => group.tryGo(undefined as never));
  expect(() => group.go(1 as never)).toThrow("ErrGroup.go: expected a function, got 1");
  expect(() => group.setLimit(0.5)).toThrow("ErrGroup.setLimit: expected a whole number, or Infinity, got 0.5");
});

test("a deadlock says errgroup", async () => {
  const error = await deadlock(function* main() {
    const group = new ErrGroup();
    group.go(() => chan().recv());
    yield* group.wait();
  });
  expect(error.goroutines.map(({ reason }) => reason)).toEqual(["errgroup", "chan receive"]);
});

test("a panic elsewhere still ends the run", () =>
  expect(
    run(function* () {
      const group = new ErrGroup();
      group.go(() => select({}));
      yield* runtime.gosched();
      throw new Error("main failed");
    }),
  ).rejects.toThrow("main failed"));
