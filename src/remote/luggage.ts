/**
 * The arguments of a call on their way to another process: what travels in a message, and besides, as arguments themselves,
 * contexts and parallel functions. A context arrives as one that has its values and the time it has left, and ends when its
 * original does, or with the call; a function arrives as that process's own of that name.
 *
 * Invariant: bytes that `pack` did not make give an error, and never a value.
 */

import { withCancelCause } from "../context/cancel.ts";
import type { CancelCtx } from "../context/cancel-ctx.ts";
import { CarriedValues, valuesOf } from "../context/carried.ts";
import { Ctx, causeOf } from "../context/ctx.ts";
import { withTimeout } from "../context/deadline.ts";
import { DeadlineExceeded } from "../context/errors.ts";
import { nodeOf } from "../context/parent.ts";
import { background } from "../context/roots.ts";
import type { Context } from "../context/types.ts";
import type { Body } from "../runtime/body.ts";
import type { P } from "../runtime/proc.ts";
import { decodePortable, encodePortable } from "../threads/values/portable.ts";
import { parallelOf, parallels } from "../threads/values/registry.ts";
import { monotonicAt } from "../time/time.ts";
import { isEntry, travels, WireError } from "./wire.ts";

/** How a context has ended. */
export interface End {
  /** By its deadline. */
  readonly late: boolean;
  readonly cause: unknown;
}

/** How `ctx` has ended; null while it has not. What can't travel of the cause is told as text. */
export function endOf(ctx: Context): End | null {
  const error = ctx.err();
  return error === undefined ? null : { late: error === DeadlineExceeded, cause: sendable(causeOf(ctx)) };
}

/** `cause`, or an error with its text where it can't travel. */
export function sendable(cause: unknown): unknown {
  try {
    encodePortable(cause, "cause");
    return cause;
  } catch {
    return new Error(cause instanceof Error ? cause.message : String(cause));
  }
}

interface PackedContext {
  readonly at: number;
  /** Milliseconds. */
  readonly left: number;
  readonly values: readonly unknown[];
  readonly end: End | null;
}

interface PackedFunction {
  readonly at: number;
  readonly name: string;
}

interface Packed {
  readonly bytes: Uint8Array;
  /** The contexts among the arguments, by their place. */
  readonly contexts: ReadonlyMap<number, Context>;
}

function isContext(arg: unknown): arg is Context {
  if (arg instanceof Ctx) return true;
  if (typeof arg !== "object" || arg === null) return false;
  const { deadline, done, err, value } = arg as Partial<Context>;
  return [deadline, done, err, value].every((method) => typeof method === "function");
}

/** @throws ArgumentError when something in `args` can't travel, with the way to it */
export function pack(p: P, args: readonly unknown[]): Packed {
  const contexts = new Map<number, Context>();
  const packed: PackedContext[] = [];
  const functions: PackedFunction[] = [];
  const plain = args.map((arg, at) => {
    const parallel = typeof arg === "function" ? parallelOf(arg as Body) : undefined;
    if (parallel !== undefined) functions.push({ at, name: parallel.name });
    else if (isContext(arg)) {
      contexts.set(at, arg);
      const deadline = arg.deadline();
      const left = deadline === undefined ? Infinity : Math.max(0, monotonicAt(p.clock, deadline) - p.clock.now());
      packed.push({ at, left, values: valuesOf(arg, travels), end: endOf(arg) });
    } else return arg;
    return undefined;
  });
  return { bytes: encodePortable([plain, packed, functions], "go: args", 1), contexts };
}

/** The arguments that have arrived. */
interface Unpacked {
  readonly args: readonly unknown[];
  /** Ends the context at that place, all of them for -1. */
  end(at: number, end: End): void;
}

/** @throws when the bytes are no arguments, or name a function that this process does not have */
export function unpack(bytes: Uint8Array): Unpacked {
  const message = decodePortable(bytes);
  if (!Array.isArray(message) || message.length !== 3 || !message.every(Array.isArray)) {
    throw new WireError("these are not the arguments of a call");
  }
  const [args, packed, functions] = message as [unknown[], Partial<PackedContext>[], Partial<PackedFunction>[]];
  const nodes = new Map<number, CancelCtx>();
  const end = (at: number, how: End): void => {
    for (const [each, node] of nodes) if (at === -1 || at === each) endNow(node, how);
  };
  for (const { at, name } of functions) {
    const found = parallels.get(name as string)?.fn;
    if (found === undefined) throw new WireError(`this process has no parallel function ${JSON.stringify(name)}`);
    args[at as number] = found;
  }
  for (const each of packed) {
    const { at, left, values, end: ended } = each as PackedContext;
    if (!Number.isInteger(at) || typeof left !== "number" || !Array.isArray(values) || !values.every(isEntry)) {
      throw new WireError("a context among the arguments is not one");
    }
    const [ctx] = left === Infinity ? withCancelCause(background()) : withTimeout(background(), left);
    const node = nodeOf("go", ctx) as CancelCtx;
    nodes.set(at, node);
    if (ended !== null) endNow(node, ended);
    args[at] = values.length === 0 ? ctx : new CarriedValues(ctx, node, values);
  }
  return { args, end };
}

function endNow(node: CancelCtx, { late, cause }: End): void {
  if (!late) {
    node.cancel(cause);
    return;
  }
  if (node.err() !== undefined) return;
  node.finish(DeadlineExceeded, cause ?? DeadlineExceeded, node.p.clock.now());
  (node.constructor as typeof CancelCtx).ended(node);
}
