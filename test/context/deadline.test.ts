import * as context from "millrace/context";
import { now, sleep } from "millrace/time";
import { describe, expect, test } from "vitest";
import { virtual } from "../kit/virtual.ts";
import { isClosed } from "./closed.ts";

const { background, Canceled, DeadlineExceeded, cause } = context;

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

describe("deadlines at the limits of Date", () => {
  test("a timeout that is beyond them is no deadline, like Infinity", async () => {
    await virtual(function* () {
      for (const ms of [9.7e15, 1e16, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
        for (const [ctx, cancel] of [
          context.withTimeout(background(), ms),
          context.withDeadline(background(), now().add(ms)),
        ]) {
          expect([ctx.deadline(), ctx.err(), String(ctx)]).toEqual([
            undefined,
            undefined,
            "context.Background.WithCancel",
          ]);
          const [child] = context.withTimeout(ctx, 5);
          expect(child.deadline()?.sub(now())).toBe(5);
          cancel();
          expect(ctx.err()).toBe(Canceled);
        }
        const [late] = context.withTimeout(background(), -ms);
        expect([late.deadline()?.getTime(), late.err()]).toEqual([-8.64e15, DeadlineExceeded]);
        expect(String(late)).toContain("WithDeadline(-271821-04-20T00:00:00.000Z [");
      }
      yield* sleep(0);
    });
  });

  test("a deadline is given back exactly, whatever the clocks say", async () => {
    for (let i = 0; i < 500; i++) {
      const date = new Date(Date.now() + 1000 + i * 7);
      const [ctx, cancel] = context.withDeadline(background(), date);
      expect(ctx.deadline()?.getTime()).toBe(date.getTime());
      cancel();
    }
    const last = new Date(8.64e15);
    expect(context.withDeadline(background(), last)[0].deadline()?.getTime()).toBe(last.getTime());
  });
});
