/**
 * `go` of a parallel function.
 *
 * It becomes a task in this thread's queue, and whichever thread has nothing to do takes it. The first thread takes none
 * as long as there are others: a goroutine that computes for a second would hold up its main, its timers and sockets, and
 * could not be ended by main's return.
 *
 * It runs right here when there is one thread, when no other could find it (code given to `node --eval`), and in a run whose
 * order of events is not left to chance: a seeded run, a bubble, an exploration. Its arguments are copied all the same, so that a program means the same with one thread.
 */
import type { Body } from "../../runtime/body.ts";
import { emit, tap } from "../../runtime/events.ts";
import type { G, Watched } from "../../runtime/g.ts";
import { m } from "../../runtime/m.ts";
import type { P } from "../../runtime/proc.ts";
import type { Go } from "../../runtime/types.ts";
import { isolate } from "../memory/isolate.ts";
import { memory } from "../memory/memory.ts";
import { pointerOf, pointerOfName } from "../memory/names.ts";
import { CAUGHT, caught, type Outcome, type Parallel, parallelOf } from "../values/registry.ts";
import { copy } from "../values/slot.ts";
import { Away, children } from "./away.ts";
import { carried } from "./carry.ts";
import { crew } from "./crew.ts";
import { halts } from "./loading.ts";
import { contextIn, Overdue } from "./overdue.ts";
import { mayShare, sharedRun } from "./run.ts";
import { BY, BY_NAME, CARRIES, CHILD, dropArgs, FN, GID, newTask, OWNER, RUN } from "./task.ts";
import { runqput } from "./taskq.ts";
import { wakep } from "./wakep.ts";
import { watch } from "./watch.ts";

/** Starts `fn` with `args` on any thread, if it is parallel. */
export function goAnywhere(p: P, fn: Body, args: unknown[], by: G | null): Watched | null {
  const f = parallelOf(fn);
  return f === undefined ? null : start(f, p, fn, args, by);
}

/**
 * What calls a parallel function on any thread, for those who start it for somebody else, as a pool does: what it throws
 * is thrown by the call, and is no panic. When the context among its arguments ends, it has `grace` milliseconds to end, too.
 * Null for any other function.
 */
export function callAnywhere(fn: Body, grace: number): Body | null {
  const f = parallelOf(fn);
  if (f === undefined) return null;
  const call = function* (...args: unknown[]): Go<unknown> {
    const g = m.curg as G;
    const child = start(caught(f), g.p, caught(f).fn, args, g);
    const ctx = grace === Infinity || !(child instanceof Away) ? null : contextIn(args);
    const end = ctx === null ? null : new Overdue(child as Away, ctx, grace);
    try {
      const outcome = (yield* child.join()) as Outcome | undefined;
      if (outcome === undefined || outcome.ok) return outcome?.value; // undefined after a goexit
      throw outcome.error;
    } finally {
      end?.close();
    }
  };
  return Object.defineProperty(call, "name", { value: fn.name }) as Body;
}

function start(f: Parallel, p: P, fn: Body, args: unknown[], by: G | null): Watched {
  if (memory.self !== 0 && halts()) return new Away(p, p.ids.next(), f.name, 0, null);
  if (!mayShare(p) || !crew.able() || !(f.importable || crew.ownFile)) {
    if (mayShare(p)) crew.explain(f.name);
    return p.go(
      fn,
      args.map((arg, i) => copy(arg, `go: args[${i}]`)),
      by,
    );
  }
  isolate.open();
  // What may find no room comes first: then nothing has begun yet.
  const run = sharedRun(p) ?? (p.over ? 0 : crew.share(p));
  if (by === null) starts(null, 0);
  else if (creator === null || creator.id !== by.id || creatorRun !== run) starts(by, run);
  const pointer = f.pointer || pointTo(f);
  const carries = carried();
  const task = newTask(carries === undefined ? args : [...args, carries]);
  const { i32 } = memory;
  i32[task + CARRIES] = carries === undefined ? 0 : 1;
  const id = p.ids.next();
  if (p.over) {
    dropArgs(task);
    memory.free(task);
    return new Away(p, id, f.name, 0, null);
  }
  const away = new Away(p, id, f.name, task, creator);
  i32[task + FN] = pointer;
  i32[task + OWNER] = memory.key;
  i32[task + RUN] = run;
  i32[task + GID] = id;
  i32[task + BY] = creator === null ? 0 : creator.id;
  i32[task + BY_NAME] = creatorName;
  i32[task + CHILD] = children.next();
  children.add(away);
  // Nobody reports a deadlock of the default run, so it may hold the process open.
  if (p === m.fallback) isolate.hold(true);
  watch();
  if (tap.listener !== null) emit({ kind: "go-create", run: p.id, g: id, name: f.name, by: creator?.id ?? 0 });
  runqput(task);
  if (!wakep()) crew.more();
  return away;
}

/** Who started one last: mostly it is the same again. */
let creator: Away["creator"] = null;
let creatorName = 0;
let creatorRun = 0;

function starts(by: G | null, run: number): void {
  creatorName = by === null ? 0 : pointerOfName(by.name);
  creatorRun = run;
  creator = by === null ? null : { id: by.id, name: by.name };
}

function pointTo(f: Parallel): number {
  f.pointer = pointerOf(`${f.caught === true ? CAUGHT : ""}${f.name}\n${f.url}`);
  return f.pointer;
}
