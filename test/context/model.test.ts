/** Random trees of contexts against a naive model in which every end is worked out from the list of what happened. */

import * as fc from "fast-check";
import { go, runtime } from "millrace";
import * as context from "millrace/context";
import { now, sleep } from "millrace/time";
import { expect, test } from "vitest";
import { CancelCtx } from "../../src/context/cancel-ctx.ts";
import type { Ctx } from "../../src/context/ctx.ts";
import { type Virtual, virtual } from "../kit/virtual.ts";

interface End {
  readonly error: Error;
  readonly cause: unknown;
  readonly at: number;
  /** Which of the steps it was, for those of one moment; -1 for a deadline. */
  readonly step: number;
}

/** A context, and the model of it: what can end it, and when each of that happened. */
class Node {
  readonly ctx: context.Context;
  readonly parent: Node | null;
  readonly cancel: (cause?: unknown) => void;
  /** Cut off from its parent's cancellation. */
  readonly cut: boolean;
  readonly deadline: number;
  readonly late: unknown;
  cancelled: End | null = null;
  /** How often each who waits was told, and how often at least it should have been when everybody had a turn. */
  readonly told: { times: number; readonly signal: AbortSignal | null; readonly stop: (() => boolean) | null }[] = [];

  constructor(
    ctx: context.Context,
    parent: Node | null,
    cancel: (cause?: unknown) => void,
    more: { cut?: boolean; deadline?: number; late?: unknown } = {},
  ) {
    this.ctx = ctx;
    this.parent = parent;
    this.cancel = cancel;
    this.cut = more.cut ?? false;
    this.deadline = more.deadline ?? Infinity;
    this.late = more.late;
  }

  /** What ended it until `time`: the earliest of its parent's end, its deadline, its cancel; at one moment, the deadline. */
  end(time: number): End | null {
    const ends: End[] = [];
    if (this.deadline <= time)
      ends.push({ error: context.DeadlineExceeded, cause: this.late, at: this.deadline, step: -1 });
    const above = this.parent === null || this.cut ? null : this.parent.end(time);
    if (above !== null) ends.push(above);
    if (this.cancelled !== null) ends.push(this.cancelled);
    let first: End | null = null;
    for (const each of ends) {
      if (first === null || each.at < first.at || (each.at === first.at && each.step < first.step)) first = each;
    }
    return first;
  }
}

const which = fc.nat({ max: 11 });
const step = fc.oneof(
  fc.record({
    do: fc.constantFrom(
      "withCancel",
      "withCancelCause",
      "withValue",
      "withoutCancel",
      "cancel",
      "wait",
      "func",
      "signal",
    ),
    which,
  }),
  fc.record({
    do: fc.constantFrom("withTimeout", "withDeadline", "withTimeoutCause"),
    which,
    d: fc.integer({ min: -2, max: 8 }),
  }),
  fc.record({ do: fc.constantFrom("look", "stop"), which }),
  fc.record({ do: fc.constantFrom("sleep", "pass"), d: fc.integer({ min: 0, max: 5 }) }),
);
type Step = { readonly do: string; readonly which?: number; readonly d?: number };

function derive(step: Step, parent: Node, label: string, time: number): Node {
  const d = step.d ?? 0;
  switch (step.do) {
    case "withCancel": {
      const [ctx, cancel] = context.withCancel(parent.ctx);
      return new Node(ctx, parent, cancel);
    }
    case "withCancelCause": {
      const [ctx, cancel] = context.withCancelCause(parent.ctx);
      return new Node(ctx, parent, cancel);
    }
    case "withValue":
      return new Node(context.withValue(parent.ctx, label, label), parent, () => {});
    case "withoutCancel":
      return new Node(context.withoutCancel(parent.ctx), parent, () => {}, { cut: true });
    default: {
      const cause = step.do === "withTimeoutCause" ? label : undefined;
      const [ctx, cancel] =
        step.do === "withDeadline"
          ? context.withDeadline(parent.ctx, now().add(d))
          : context.withTimeoutCause(parent.ctx, d, cause);
      // A deadline that has passed counts from now on; one above that is earlier makes this a plain withCancel.
      const deadline = Math.max(time + d, time);
      const ended = parent.end(time) !== null;
      const above = earliest(parent);
      const own = ended || above < time + d ? Infinity : deadline;
      return new Node(ctx, parent, cancel, { deadline: own, late: cause ?? context.DeadlineExceeded });
    }
  }
}

/** The earliest deadline from `node` up, that of an ended context too. */
function earliest(node: Node | null): number {
  let least = Infinity;
  for (let n = node; n !== null; n = n.cut ? null : n.parent) least = Math.min(least, n.deadline);
  return least;
}

function* play(steps: readonly Step[], { p, clock }: Virtual): Generator<unknown, void, unknown> {
  const nodes = [new Node(context.background(), null, () => {})];
  for (const [i, each] of steps.entries()) {
    const time = clock.now();
    const node = nodes[(each.which ?? 0) % nodes.length] as Node;
    if (each.do.startsWith("with")) nodes.push(derive(each, node, `#${i}`, time));
    else if (each.do === "cancel") {
      const before = node.end(time);
      node.cancel(`#${i}`);
      // Those made by withCancel and withTimeout take no cause; roots and values can't be cancelled.
      const error = node.ctx.err();
      if (before === null && error !== undefined) {
        node.cancelled = { error: context.Canceled, cause: context.cause(node.ctx), at: time, step: i };
        expect([context.Canceled, `#${i}`]).toContain(node.cancelled.cause);
      }
    } else if (each.do === "wait") {
      const told = { times: 0, signal: null, stop: null };
      node.told.push(told);
      go(function* () {
        yield* node.ctx.done().recv();
        told.times++;
      });
      yield* runtime.gosched();
    } else if (each.do === "func") {
      const told: Node["told"][number] = {
        times: 0,
        signal: null,
        stop: context.afterFunc(node.ctx, () => told.times++),
      };
      node.told.push(told);
    } else if (each.do === "signal") {
      const { signal } = node.ctx;
      const told = { times: signal.aborted ? 1 : 0, signal, stop: null };
      signal.addEventListener("abort", () => told.times++);
      node.told.push(told);
    } else if (each.do === "stop") {
      const at = node.told.findIndex(({ stop }) => stop !== null);
      if (at >= 0 && node.told[at]?.stop?.()) node.told.splice(at, 1);
    } else if (each.do === "sleep") yield* sleep(each.d ?? 0);
    else if (each.do === "pass") clock.pass(each.d ?? 0);
    else look(node, clock.now());
  }
  // Everybody gets a turn, without time passing.
  yield* sleep(1e-9);
  for (const node of nodes) {
    look(node, clock.now());
    const ended = node.end(clock.now()) !== null;
    for (const { times } of node.told) expect(times).toBe(ended ? 1 : 0);
  }
  // Cancelled from the leaves up, each leaves its parent: in the end nobody holds anybody.
  const waited = new Set(nodes.filter(({ told }) => told.length > 0).map(({ ctx }) => (ctx as Ctx).node));
  for (const node of nodes.reverse()) {
    if (node.ctx instanceof CancelCtx && !waited.has(node.ctx)) expect(node.ctx.hold?.count ?? 0).toBe(0);
    node.cancel();
    const inner = node.ctx instanceof CancelCtx ? node.ctx : null;
    expect([inner?.hold?.count ?? 0, inner?.hold?.first ?? null]).toEqual([0, null]);
  }
  expect(p.timers.length).toBe(0);
}

function look(node: Node, time: number): void {
  const end = node.end(time);
  const { ctx } = node;
  expect(ctx.err()).toBe(end?.error);
  expect(context.cause(ctx)).toBe(end?.cause);
  expect(ctx.done().tryRecv()).toEqual(end === null ? undefined : [undefined, false]);
}

test("whatever is derived, cancelled and waited for, in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), (steps) => virtual<void>((v) => play(steps, v))),
    { numRuns: 2000 },
  );
}, 120_000);
