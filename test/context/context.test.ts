/** Go's package context, sentence by sentence. Sources: https://pkg.go.dev/context and what it says of each function. */
import { ArgumentError, go, Panic, type RecvChan, run, select } from "millrace";
import * as context from "millrace/context";
import { now, sleep, type Time } from "millrace/time";
import { describe, expect, expectTypeOf, test } from "vitest";
import { thrown } from "../kit/thrown.ts";
import { virtual } from "../kit/virtual.ts";
import { isClosed } from "./closed.ts";

const { background, todo, Canceled, DeadlineExceeded, cause } = context;

describe("Background, TODO", () => {
  test.each([
    ["background", background, "context.Background"],
    ["todo", todo, "context.TODO"],
  ])("%s is never canceled, has no values, and has no deadline", async (_, root, text) => {
    const ctx = root();
    expect(ctx).toBe(root());
    expect([ctx.err(), ctx.deadline(), ctx.value("any"), cause(ctx)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(String(ctx)).toBe(text);
    expect(ctx.signal.aborted).toBe(false);
    expect(ctx.signal).toBe(ctx.signal);
    await run(function* () {
      const s = yield* select({ done: ctx.done().recv(), default: true });
      expect(s.case).toBe("default");
    });
  });

  test("they are not the same", () => expect(background()).not.toBe(todo()));
});

describe("Context", () => {
  test("Deadline returns ok==false when no deadline is set; successive calls return the same results", () => {
    const [a] = context.withCancel(background());
    expect(a.deadline()).toBeUndefined();
    const [b] = context.withTimeout(a, 5000);
    expect(b.deadline()).toBe(b.deadline());
    expectTypeOf(b.deadline()).toEqualTypeOf<Time | undefined>();
  });

  test("successive calls to Done return the same value", () => {
    const [ctx, cancel] = context.withCancel(background());
    const done = ctx.done();
    expect(ctx.done()).toBe(done);
    cancel();
    expect(ctx.done()).toBe(done);
    expect([done.length, done.capacity]).toEqual([0, 0]);
  });

  test("if Done is not yet closed, Err returns nil; if closed, why: successive calls return the same error", () => {
    const [ctx, cancel] = context.withCancel(background());
    expect([isClosed(ctx.done()), ctx.err()]).toEqual([false, undefined]);
    cancel();
    expect([isClosed(ctx.done()), ctx.err(), ctx.err()]).toEqual([true, Canceled, Canceled]);
  });

  test("Done can be used in a select, a range and a for await", async () => {
    await virtual(async () => {
      const [ctx] = context.withTimeout(background(), 10);
      const s = await select({ done: ctx.done().recv(), late: sleep(20) });
      expect(s).toEqual({ case: "done", value: undefined });
      expect(await ctx.done().recvOk()).toEqual([undefined, false]);
      for await (const _ of ctx.done()) throw new Error("a value came");
    });
  });

  test("everybody who waits on Done is woken, each once", async () => {
    await virtual(function* () {
      const [ctx, cancel] = context.withCancel(background());
      const woken: number[] = [];
      for (let i = 0; i < 5; i++) {
        go(function* () {
          yield* ctx.done().recv();
          woken.push(i);
        });
      }
      yield* sleep(1);
      cancel();
      cancel();
      yield* sleep(1);
      expect(woken).toEqual([0, 1, 2, 3, 4]);
    });
  });
});

describe("sentinels", () => {
  test("their texts are Go's", () => {
    expect(Canceled.message).toBe("context canceled");
    expect(DeadlineExceeded.message).toBe("context deadline exceeded");
    expect(String(Canceled)).toContain("context canceled");
  });

  test("their names are the platform's, and there is no stack, for they say nothing of a place", () => {
    expect([Canceled.name, DeadlineExceeded.name]).toEqual(["AbortError", "TimeoutError"]);
    expect(Canceled.stack).toBe("AbortError: context canceled");
  });
});

describe("WithValue", () => {
  const user = context.key<{ id: number }>("user");
  const trace = context.key<string>("trace");

  test("the value associated with the key is val; nil when there is none", () => {
    const ctx = context.withValue(context.withValue(background(), user, { id: 42 }), trace, "t-1");
    expect([ctx.value(user), ctx.value(trace), ctx.value(context.key("user"))]).toEqual([{ id: 42 }, "t-1", undefined]);
    expectTypeOf(ctx.value(user)).toEqualTypeOf<{ id: number } | undefined>();
    expectTypeOf(ctx.value("plain")).toEqualTypeOf<unknown>();
    // @ts-expect-error the key says what its value is
    context.withValue(ctx, trace, 5);
  });

  test("any key that is comparable; the nearest wins; a parent is not changed", () => {
    const symbol = Symbol("s");
    const object = {};
    let ctx = background();
    for (const key of ["a", 1, symbol, object, true]) ctx = context.withValue(ctx, key, key);
    const nearer = context.withValue(ctx, "a", "nearer");
    expect(["a", 1, symbol, object, true].map((key) => nearer.value(key))).toEqual(["nearer", 1, symbol, object, true]);
    expect([ctx.value("a"), ctx.value({}), ctx.value("b")]).toEqual(["a", undefined, undefined]);
  });

  test("values cross the other contexts, deadlines and cancellation cross values", async () => {
    await virtual(function* () {
      const [a] = context.withTimeout(context.withValue(background(), "k", "v"), 10);
      const b = context.withValue(a, "l", "w");
      expect([b.value("k"), b.value("l"), b.deadline(), b.done(), b.signal]).toEqual([
        "v",
        "w",
        a.deadline(),
        a.done(),
        a.signal,
      ]);
      yield* b.done().recv();
      expect([b.err(), cause(b)]).toEqual([DeadlineExceeded, DeadlineExceeded]);
    });
  });
});

describe("WithoutCancel", () => {
  test("is not canceled when parent is canceled: no deadline, no Err, a nil Done, a nil Cause, and the values", async () => {
    await virtual(function* () {
      const [parent, cancel] = context.withTimeout(context.withValue(background(), "k", "v"), 10);
      const ctx = context.withoutCancel(parent);
      cancel();
      expect([ctx.err(), ctx.deadline(), cause(ctx), ctx.value("k"), ctx.signal.aborted]).toEqual([
        undefined,
        undefined,
        undefined,
        "v",
        false,
      ]);
      const s = yield* select({ done: ctx.done().recv(), later: sleep(100) });
      expect(s.case).toBe("later");
      const [child, cancelChild] = context.withCancel(ctx);
      expect(child.err()).toBeUndefined();
      cancelChild();
      expect([child.err(), child.value("k")]).toEqual([Canceled, "v"]);
    });
  });
});

describe("String", () => {
  class Named {
    toString(): string {
      return "named";
    }
  }

  test.each([
    ["context.Background.WithCancel", context.withCancel(background())[0]],
    ["context.TODO.WithCancel", context.withCancelCause(todo())[0]],
    ["context.Background.WithoutCancel", context.withoutCancel(background())],
    [
      "context.Background.WithValue(userID, number)",
      context.withValue(background(), context.key<number>("userID"), 42),
    ],
    ["context.Background.WithValue(name, Ann)", context.withValue(background(), "name", "Ann")],
    ["context.Background.WithValue(number, <nil>)", context.withValue(background(), 5, null)],
    ["context.Background.WithValue(Symbol(s), Map)", context.withValue(background(), Symbol("s"), new Map())],
    ["context.Background.WithValue(named, Object)", context.withValue(background(), new Named(), { password: "x" })],
    ["context.Background.WithValue(a, Array)", context.withValue(background(), "a", [1, 2])],
    ["context.Background.WithValue(a, Error)", context.withValue(background(), "a", new Error("secret"))],
    ["context.Background.WithValue(a, function)", context.withValue(background(), "a", () => {})],
    ["context.FromSignal.WithCancel", context.withCancel(context.fromSignal(new AbortController().signal))[0]],
  ])("%s", (text, ctx) => expect(String(ctx)).toBe(text));

  test("with a deadline: when, and in how long", async () => {
    await virtual(function* () {
      const [ctx] = context.withTimeout(background(), 3000);
      expect(String(ctx)).toBe("context.Background.WithDeadline(2000-01-01T00:00:03.000Z [3s])");
      yield* sleep(1500);
      expect(String(context.withCancel(ctx)[0])).toBe(
        "context.Background.WithDeadline(2000-01-01T00:00:03.000Z [1.5s]).WithCancel",
      );
    });
  });

  test("is the name of the done channel in a dump, and what Node's console shows", async () => {
    const { inspect } = await import("node:util");
    const [ctx] = context.withCancel(background());
    expect(inspect({ ctx })).toBe("{ ctx: context.Background.WithCancel }");
    expect(ctx.done().name).toBe("context.Background.WithCancel");
  });
});

describe("misuse", () => {
  const derive: Record<string, (parent: context.Context) => unknown> = {
    withCancel: context.withCancel,
    withCancelCause: context.withCancelCause,
    withTimeout: (parent) => context.withTimeout(parent, 1),
    withDeadline: (parent) => context.withDeadline(parent, now()),
    withValue: (parent) => context.withValue(parent, "k", 1),
    withoutCancel: context.withoutCancel,
    afterFunc: (parent) => context.afterFunc(parent, () => {}),
    cause: context.cause,
  };
  test.each(Object.entries(derive))("%s of a nil parent panics; of something else it says what", (_, act) => {
    for (const nil of [null, undefined]) {
      const panic = thrown(() => act(nil as never)) as Panic;
      expect(panic).toBeInstanceOf(Panic);
      expect(panic.code).toBe("NIL_CONTEXT");
      expect(panic.message).toContain("cannot create context from nil parent");
    }
    const error = thrown(() => act(new AbortController().signal as never)) as Error;
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain("expected a context, got an AbortSignal");
  });

  test("a nil key panics", () => {
    for (const nil of [null, undefined]) {
      const panic = thrown(() => context.withValue(background(), nil, 1)) as Panic;
      expect([panic.code, panic.message]).toEqual(["NIL_KEY", `nil key (withValue: got ${nil})`]);
    }
  });

  test("bad arguments are named", () => {
    expect((thrown(() => context.withTimeout(background(), Number.NaN)) as Error).message).toContain("got NaN");
    expect((thrown(() => context.withTimeout(background(), "5" as never)) as Error).message).toContain('got "5"');
    expect((thrown(() => context.withDeadline(background(), 5 as never)) as Error).message).toContain("got 5");
    expect((thrown(() => context.key(5 as never)) as Error).message).toContain("got 5");
    expect((thrown(() => context.fromSignal(null as never)) as Error).message).toContain("got null");
    expect((thrown(() => context.fromSignal({} as never)) as Error).message).toContain("got an object");
    expect((thrown(() => context.afterFunc(background(), null as never)) as Panic).code).toBe("NIL_FUNCTION");
  });
});

test("types: contexts and cancel functions as in Go", () => {
  expectTypeOf(context.withCancel).returns.toEqualTypeOf<[ctx: context.Context, cancel: context.CancelFunc]>();
  expectTypeOf(background().done()).toEqualTypeOf<RecvChan<void>>();
  expectTypeOf(background().err()).toEqualTypeOf<Error | undefined>();
  expectTypeOf<context.CancelFunc>().toExtend<Disposable>();
});
