/** Go's package context, sentence by sentence. Sources: https://pkg.go.dev/context and what it says of each function. */
import { ArgumentError, chan, go, Panic, type RecvChan, run, select } from "millrace";
import * as context from "millrace/context";
import { now, sleep, type Time } from "millrace/time";
import { describe, expect, expectTypeOf, test } from "vitest";
import { thrown } from "../kit/thrown.ts";
import { virtual } from "../kit/virtual.ts";

const { background, todo, Canceled, DeadlineExceeded, cause } = context;

/** Whether a channel is closed: a receive gives the zero value at once. */
function isClosed(ch: RecvChan<unknown>): boolean {
  const got = ch.tryRecv();
  return got !== undefined && !got[1];
}

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

describe("WithCancel", () => {
  test("the Done channel is closed when cancel is called", () => {
    const [ctx, cancel] = context.withCancel(background());
    cancel();
    expect([isClosed(ctx.done()), ctx.err(), cause(ctx)]).toEqual([true, Canceled, Canceled]);
  });

  test("or when the parent's Done channel is closed, whichever happens first", () => {
    const [parent, cancelParent] = context.withCancelCause(background());
    const [child, cancel] = context.withCancel(parent);
    const why = new Error("parent");
    cancelParent(why);
    cancel();
    expect([child.err(), cause(child)]).toEqual([Canceled, why]);
  });

  test("canceling a child leaves its parent and its siblings alone", () => {
    const [parent] = context.withCancel(background());
    const [a, cancelA] = context.withCancel(parent);
    const [b] = context.withCancel(parent);
    cancelA();
    expect([a.err(), b.err(), parent.err()]).toEqual([Canceled, undefined, undefined]);
  });

  test("a CancelFunc may be called by multiple goroutines; after the first call, subsequent calls do nothing", async () => {
    await virtual(function* () {
      const [ctx, cancel] = context.withCancelCause(background());
      for (let i = 1; i <= 3; i++) go(() => cancel(i));
      yield* ctx.done().recv();
      yield* sleep(1);
      expect(cause(ctx)).toBe(1);
    });
  });

  test("a CancelFunc does not wait for the work to stop", async () => {
    await virtual(function* () {
      const [ctx, cancel] = context.withCancel(background());
      let stopped = false;
      go(function* () {
        yield* ctx.done().recv();
        stopped = true;
      });
      yield* sleep(1);
      cancel();
      expect(stopped).toBe(false);
    });
  });

  test("a child of a context that has ended has ended", () => {
    const [parent, cancel] = context.withCancelCause(background());
    cancel("gone");
    const [child] = context.withCancel(context.withValue(parent, "k", 1));
    expect([child.err(), cause(child), isClosed(child.done()), child.signal.aborted]).toEqual([
      Canceled,
      "gone",
      true,
      true,
    ]);
  });

  test("cancel works with using", () => {
    const [ctx, cancel] = context.withCancel(background());
    const [withCause, cancelCause] = context.withCancelCause(background());
    const [late, cancelLate] = context.withTimeout(background(), 1000);
    {
      using _1 = cancel;
      using _2 = cancelCause;
      using _3 = cancelLate;
      expect(ctx.err()).toBeUndefined();
    }
    expect([ctx.err(), withCause.err(), late.err(), cause(withCause)]).toEqual([
      Canceled,
      Canceled,
      Canceled,
      Canceled,
    ]);
  });
});

describe("WithCancelCause", () => {
  test("cancel records the cause, Err is Canceled", () => {
    const [ctx, cancel] = context.withCancelCause(background());
    expect(cause(ctx)).toBeUndefined();
    const why = new Error("my reason");
    cancel(why);
    cancel(new Error("too late"));
    expect([ctx.err(), cause(ctx)]).toEqual([Canceled, why]);
  });

  test.each([[undefined], [null]])("if the cause is %s, it is Canceled", (why) => {
    const [ctx, cancel] = context.withCancelCause(background());
    cancel(why);
    expect(cause(ctx)).toBe(Canceled);
  });

  test("the cause is that of the first cancellation, of the context or of one of its parents", () => {
    const [parent, cancelParent] = context.withCancelCause(background());
    const [child, cancelChild] = context.withCancelCause(parent);
    cancelChild("child");
    cancelParent("parent");
    expect([cause(child), cause(parent)]).toEqual(["child", "parent"]);

    const [top, cancelTop] = context.withCancelCause(background());
    const [low, cancelLow] = context.withCancelCause(context.withValue(top, 1, 2));
    cancelTop("top");
    cancelLow("low");
    expect([cause(low), cause(context.withValue(low, "k", "v"))]).toEqual(["top", "top"]);
  });
});

describe("WithDeadline, WithTimeout", () => {
  test("the Done channel is closed when the deadline expires", async () => {
    await virtual(function* () {
      const start = now();
      const [ctx] = context.withTimeout(background(), 50);
      expect(ctx.deadline()?.sub(start)).toBe(50);
      yield* ctx.done().recv();
      expect(now().sub(start)).toBe(50);
      expect([ctx.err(), cause(ctx)]).toEqual([DeadlineExceeded, DeadlineExceeded]);
    });
  });

  test("when the returned cancel function is called, or when the parent ends, whichever is first", async () => {
    await virtual(function* () {
      const [parent, cancelParent] = context.withCancel(background());
      const [a, cancelA] = context.withTimeout(parent, 50);
      const [b] = context.withTimeout(parent, 50);
      const [c] = context.withTimeout(parent, 50);
      yield* sleep(10);
      cancelA();
      yield* sleep(10);
      cancelParent();
      yield* sleep(100);
      expect([a.err(), b.err(), c.err()]).toEqual([Canceled, Canceled, Canceled]);
    });
  });

  test("what comes after the deadline changes nothing, also when nobody looked in between", async () => {
    await virtual(function* () {
      const [parent, cancelParent] = context.withCancelCause(background());
      const [ctx, cancel] = context.withTimeoutCause(parent, 50, "late");
      const [below] = context.withCancel(ctx);
      yield* sleep(60);
      cancelParent("parent");
      cancel();
      expect([below.err(), cause(below), ctx.err(), cause(ctx)]).toEqual([
        DeadlineExceeded,
        "late",
        DeadlineExceeded,
        "late",
      ]);
      expect(cause(parent)).toBe("parent");
    });
  });

  test("Err is right before the timers have had their turn", async () => {
    await virtual(function* ({ clock }) {
      const [ctx] = context.withTimeout(background(), 50);
      const [child] = context.withCancel(context.withValue(ctx, "a", 1));
      clock.pass(49.9);
      expect([child.err(), isClosed(child.done())]).toEqual([undefined, false]);
      clock.pass(0.2);
      expect([child.err(), isClosed(child.done()), ctx.err()]).toEqual([DeadlineExceeded, true, DeadlineExceeded]);
      yield* sleep(0);
    });
  });

  test("it is adjusted to be no later than d: a parent's earlier deadline stays", async () => {
    await virtual(function* () {
      const deadline = now().add(50);
      const [parent] = context.withDeadlineCause(background(), deadline, "the parent's");
      const [child] = context.withTimeoutCause(parent, 100, "the child's");
      expect(child.deadline()).toBe(deadline);
      expect(String(child)).toMatch(/\.WithCancel$/);
      yield* child.done().recv();
      expect([child.err(), cause(child)]).toEqual([DeadlineExceeded, "the parent's"]);
    });
  });

  test("a child's earlier deadline leaves the parent alone", async () => {
    await virtual(function* () {
      const [parent] = context.withTimeout(background(), 100);
      const [child] = context.withTimeoutCause(parent, 50, "the child's");
      yield* child.done().recv();
      expect([child.err(), cause(child), parent.err()]).toEqual([DeadlineExceeded, "the child's", undefined]);
      yield* parent.done().recv();
      expect([parent.err(), cause(child)]).toEqual([DeadlineExceeded, "the child's"]);
    });
  });

  test.each([0, -5, -Infinity])("a timeout of %d is over at once", (d) => {
    const [ctx] = context.withTimeoutCause(background(), d, "why");
    expect([ctx.err(), cause(ctx), isClosed(ctx.done()), ctx.signal.reason]).toEqual([
      DeadlineExceeded,
      "why",
      true,
      "why",
    ]);
  });

  test("a deadline in the past, below a context that has ended: the parent's end came first", () => {
    const [parent, cancel] = context.withCancelCause(background());
    cancel("gone");
    const [ctx] = context.withDeadline(parent, new Date(0));
    expect([ctx.err(), cause(ctx)]).toEqual([Canceled, "gone"]);
  });

  test("Infinity is no deadline", async () => {
    await virtual(function* () {
      const [ctx, cancel] = context.withTimeout(background(), Infinity);
      yield* sleep(2 ** 45);
      expect([ctx.deadline(), ctx.err()]).toEqual([undefined, undefined]);
      cancel();
      expect(ctx.err()).toBe(Canceled);
    });
  });

  test("a plain Date is a deadline by the wall clock now", async () => {
    await virtual(function* ({ clock }) {
      const date = new Date(clock.wall() + 30);
      const [ctx] = context.withDeadline(background(), date);
      expect(ctx.deadline()?.getTime()).toBe(date.getTime());
      const start = now();
      yield* ctx.done().recv();
      expect(now().sub(start)).toBe(30);
    });
  });

  test("WithTimeoutCause and WithDeadlineCause: cancel does not set the cause", () => {
    const [a, cancelA] = context.withTimeoutCause(background(), 1000, "late");
    const [b, cancelB] = context.withDeadlineCause(background(), now().add(1000), "late");
    cancelA();
    cancelB();
    expect([a.err(), cause(a), b.err(), cause(b)]).toEqual([Canceled, Canceled, Canceled, Canceled]);
  });

  test("a deadline above, of the same moment: each keeps its own cause", async () => {
    await virtual(function* () {
      const at = now().add(10);
      const [above] = context.withDeadlineCause(background(), at, "above");
      const [below] = context.withDeadlineCause(above, at, "below");
      yield* below.done().recv();
      expect([cause(above), cause(below)]).toEqual(["above", "below"]);
    });
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

describe("AfterFunc", () => {
  test("calls f in its own goroutine after ctx is canceled", async () => {
    await virtual(function* () {
      const [ctx, cancel] = context.withCancel(background());
      const ch = chan<string>();
      context.afterFunc(ctx, function* () {
        yield* ch.send("called");
      });
      cancel();
      expect(yield* ch.recv()).toBe("called");
    });
  });

  test("if ctx is already canceled, calls f immediately in its own goroutine", async () => {
    await virtual(function* () {
      const [ctx] = context.withTimeout(background(), 0);
      let called = false;
      const stop = context.afterFunc(ctx, () => {
        called = true;
      });
      expect(called).toBe(false);
      yield* sleep(1);
      expect([called, stop()]).toEqual([true, false]);
    });
  });

  test("multiple calls operate independently; one does not replace another", async () => {
    await virtual(function* () {
      const [ctx, cancel] = context.withCancel(background());
      const called: number[] = [];
      const stops = [1, 2, 3].map((i) => context.afterFunc(ctx, () => called.push(i)));
      expect(stops[1]?.()).toBe(true);
      cancel();
      yield* sleep(1);
      expect(called).toEqual([1, 3]);
    });
  });

  test("stop returns true if it stopped f; false once it has started or was stopped", async () => {
    await virtual(function* () {
      const [ctx, cancel] = context.withCancel(background());
      let called = 0;
      const stop = context.afterFunc(ctx, () => called++);
      expect([stop(), stop()]).toEqual([true, false]);
      const late = context.afterFunc(ctx, () => called++);
      cancel();
      expect(late()).toBe(false);
      yield* sleep(1);
      expect(called).toBe(1);
    });
  });

  test("after a deadline, below a value, never for a root", async () => {
    await virtual(function* () {
      const [ctx] = context.withTimeout(background(), 10);
      const start = now();
      const seen: number[] = [];
      context.afterFunc(context.withValue(ctx, "k", 1), async () => {
        seen.push(now().sub(start));
      });
      const never = context.afterFunc(background(), () => seen.push(-1));
      yield* sleep(50);
      expect(seen).toEqual([10]);
      expect([never(), never()]).toEqual([true, false]);
    });
  });

  test("what was registered in a run ends with it, though the context lives on", async () => {
    const [ctx, cancel] = context.withCancel(background());
    let called = 0;
    await virtual(function* () {
      context.afterFunc(ctx, () => called++);
      yield* sleep(1);
    });
    cancel();
    await sleep(1);
    expect(called).toBe(0);
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
