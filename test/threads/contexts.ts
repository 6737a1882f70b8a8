/** The other thread of context.test.ts: does with contexts what it is told, and tells what came of it. */

import {
  background,
  type Context,
  cause,
  key,
  withCancelCause,
  withTimeout,
  withValue,
} from "../../src/context/index.ts";
import { go } from "../../src/index.ts";
import { memory } from "../../src/threads/memory/memory.ts";
import { sendContexts } from "../../src/threads/values/context.ts";
import { onTold, tell } from "../../src/threads/values/tell.ts";
import { ready } from "./child.ts";

export interface Order {
  readonly what: "wait" | "spin" | "derive" | "values" | "drop" | "make" | "cancel" | "look";
  readonly ctx?: Context;
  readonly word?: number;
}

const user = key<string>("user");
const other = key<string>("other");
let cancelMade: ((reason?: unknown) => void) | undefined;

function report(ctx: Context, error = ctx.err()): void {
  tell(0, "report", { err: error, cause: cause(ctx), deadline: ctx.deadline()?.getTime() });
}

function* waiting(ctx: Context, word: number) {
  yield* ctx.done().recv();
  if (word !== 0) Atomics.store(memory.i32, word, 1);
  report(ctx);
}

onTold("order", (order) => {
  const { what, ctx = background(), word = 0 } = order as Order;
  if (what === "wait") {
    go(waiting, ctx, word);
    queueMicrotask(() => tell(0, "waits", undefined));
  } else if (what === "derive") {
    const [below] = withTimeout(withValue(ctx, other, "here"), 60_000);
    go(waiting, below, word);
    queueMicrotask(() => tell(0, "waits", undefined));
  } else if (what === "spin") {
    Atomics.store(memory.i32, word, 1);
    while (ctx.err() === undefined) Atomics.add(memory.i32, word, 1);
    report(ctx);
  } else if (what === "values") {
    tell(0, "report", [ctx.value(user), ctx.value("plain"), ctx.value(other), ctx.value("no"), String(ctx)]);
  } else if (what === "look") {
    tell(0, "report", { ctx, nil: ctx.done().capacity, background: ctx === background(), err: ctx.err() });
  } else if (what === "make") {
    const [made, cancel] = withCancelCause(withValue(background(), "plain", { from: "there" }));
    cancelMade = cancel;
    tell(0, "report", made);
  } else if (what === "cancel") cancelMade?.(new RangeError("enough"));
  else if (what === "drop") {
    setTimeout(() => {
      globalThis.gc?.();
      setTimeout(() => tell(0, "report", "dropped"), 0);
    }, 0);
  }
});
sendContexts();
ready();
