/** Contexts on other threads: cancelling, deadlines and values cross, both ways, and nothing is left behind. */
import * as context from "millrace/context";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelCtx } from "../../src/context/cancel-ctx.ts";
import { isolate } from "../../src/threads/memory/isolate.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { sendContexts } from "../../src/threads/values/context.ts";
import { copy } from "../../src/threads/values/slot.ts";
import { onTold, tell } from "../../src/threads/values/tell.ts";
import type { Order } from "./contexts.ts";
import { type Child, start } from "./kit.ts";

interface Report {
  readonly err?: Error;
  readonly cause?: unknown;
  readonly deadline?: number;
}

const { background, Canceled, DeadlineExceeded } = context;
const holds = (ctx: context.Context): number => (ctx instanceof CancelCtx ? (ctx.hold?.count ?? 0) : 0);

describe("contexts on other threads", () => {
  let child: Child;
  const news: Record<string, unknown[]> = { report: [], waits: [] };
  let look = (): void => {};

  beforeAll(async () => {
    memory.reserve(64 * 2 ** 20);
    isolate.open();
    isolate.hold(true);
    sendContexts();
    for (const about of Object.keys(news)) {
      onTold(about, (value) => {
        news[about]?.push(value);
        look();
      });
    }
    child = await start("contexts.ts");
  });
  afterAll(async () => {
    isolate.hold(false);
    await child.stop();
  });

  const order = (what: Order["what"], rest: Omit<Order, "what"> = {}): void =>
    tell(child.isolate, "order", { what, ...rest });
  const next = async (about = "report"): Promise<unknown> => {
    while (news[about]?.length === 0) {
      await new Promise<void>((resolve) => {
        look = resolve;
      });
    }
    return news[about]?.shift();
  };

  it("a cancel crosses, with its cause", async () => {
    const [ctx, cancel] = context.withCancelCause(background());
    order("wait", { ctx });
    await next("waits");
    cancel(Object.assign(new RangeError("out of coffee"), { cups: 0 }));
    const { err, cause } = (await next()) as Report;
    expect(err).toBe(Canceled);
    expect(cause).toBeInstanceOf(RangeError);
    expect(cause).toMatchObject({ message: "out of coffee", cups: 0 });
  });

  it("and reaches those that were derived there", async () => {
    const [top, cancel] = context.withCancel(background());
    const [ctx] = context.withTimeout(context.withValue(top, "k", 1), 50_000);
    order("derive", { ctx });
    await next("waits");
    cancel();
    const { err, cause, deadline } = (await next()) as Report;
    expect([err, cause]).toEqual([Canceled, Canceled]);
    expect(deadline).toBeCloseTo(ctx.deadline()?.getTime() ?? 0, -2);
  });

  it("a cause that can't travel is told in words", async () => {
    const [ctx, cancel] = context.withCancelCause(background());
    order("wait", { ctx });
    await next("waits");
    cancel(() => "why");
    expect((await next()) as Report).toMatchObject({ err: Canceled, cause: { message: '() => "why"' } });
  });

  it("a deadline passes there while this thread is busy", async () => {
    const [ctx] = context.withTimeoutCause(background(), 30, new SyntaxError("late"));
    const word = memory.alloc(4) + 2;
    memory.i32[word] = 0;
    order("wait", { ctx, word });
    const start = performance.now();
    while (Atomics.load(memory.i32, word) === 0 && performance.now() - start < 10_000);
    expect(Atomics.load(memory.i32, word)).toBe(1);
    const { err, cause } = (await next()) as Report;
    expect(err).toBe(DeadlineExceeded);
    expect(cause).toBeInstanceOf(SyntaxError);
    news.waits = [];
  });

  it("err() is right in a loop that never blocks", async () => {
    const [ctx, cancel] = context.withCancel(background());
    const word = memory.alloc(4) + 2;
    memory.i32[word] = 0;
    order("spin", { ctx, word });
    while (Atomics.load(memory.i32, word) < 100);
    cancel();
    expect(((await next()) as Report).err).toBe(Canceled);
  });

  it("values go along; keys are known by their name; what can't travel stays", async () => {
    const user = context.key<string>("user");
    let ctx = context.withValue(background(), user, "ann");
    ctx = context.withValue(ctx, "plain", { n: [1, 2] });
    ctx = context.withValue(ctx, "no", () => {});
    ctx = context.withValue(ctx, user, "bob");
    const [below, cancel] = context.withCancel(ctx);
    order("values", { ctx: below });
    const [name, plain, other, no, text] = (await next()) as unknown[];
    expect([name, plain, other, no]).toEqual(["bob", { n: [1, 2] }, undefined, undefined]);
    expect(text).toMatch(/^context\.Received\.WithValues\(user, plain\)$/);
    cancel();
  });

  it("roots arrive as themselves, what can't be cancelled as that, what has ended as that", async () => {
    order("look", { ctx: background() });
    expect(await next()).toEqual({ ctx: background(), nil: 0, background: true, err: undefined });
    const detached = context.withoutCancel(context.withValue(background(), "plain", 1));
    order("look", { ctx: detached });
    const back = (await next()) as { ctx: context.Context; err?: Error };
    expect(back.ctx).toBe(detached); // it is the same when it comes home
    expect(back.err).toBeUndefined();
    const [ended, cancel] = context.withCancel(background());
    cancel();
    order("look", { ctx: ended });
    expect(((await next()) as Report).err).toBe(Canceled);
    const controller = new AbortController();
    controller.abort(new Error("by signal"));
    order("wait", { ctx: context.fromSignal(controller.signal) });
    expect(((await next()) as { cause: Error }).cause.message).toBe("by signal");
    news.waits = [];
  });

  it("one that was made there ends here", async () => {
    order("make");
    const ctx = (await next()) as context.Context;
    expect(ctx.err()).toBeUndefined();
    expect(ctx.value("plain")).toEqual({ from: "there" });
    const [below] = context.withCancel(ctx);
    const { signal } = below;
    order("cancel");
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    expect(ctx.err()).toBe(Canceled);
    expect(context.cause(below)).toBeInstanceOf(RangeError);
    expect(signal.reason).toBeInstanceOf(RangeError);
  });

  it("nothing is left of those that are dropped there", async () => {
    const [parent, cancel] = context.withTimeout(background(), 3_600_000);
    const round = async (n: number): Promise<void> => {
      for (let i = 0; i < n; i++) {
        const ctx = context.withValue(context.withCancel(parent)[0], "plain", { i, text: "x".repeat(100) });
        order("look", { ctx });
        await next();
      }
      for (let tries = 0; tries < 50 && holds(parent) > 0; tries++) {
        order("drop");
        await next();
      }
    };
    await round(200);
    expect(holds(parent)).toBe(0);
    const before = memory.used;
    for (let i = 0; i < 5; i++) await round(400);
    expect(holds(parent)).toBe(0);
    expect(memory.used - before).toBeLessThanOrEqual(2 * 65_536);
    cancel();
  });

  it("on one thread it stays the same", () => {
    const [ctx, cancel] = context.withTimeout(background(), 60_000);
    expect(copy(ctx, "value")).toBe(ctx);
    expect(holds(ctx)).toBe(0);
    cancel();
  });
});
