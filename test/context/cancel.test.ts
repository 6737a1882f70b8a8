/** Contexts that are cancelled: WithCancel, WithCancelCause and AfterFunc, as https://pkg.go.dev/context says. */
import { chan, go } from "millrace";
import * as context from "millrace/context";
import { now, sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { virtual } from "../kit/virtual.ts";
import { isClosed } from "./closed.ts";

const { background, Canceled, cause } = context;

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
