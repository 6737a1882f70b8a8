/**
 * Where a thread gets its goroutines from: it takes tasks off the queues, one whenever it has nothing else to run and one
 * at the start of each turn, and makes goroutines of them. From then on they are like any other, and stay here.
 *
 * One at a time, because a task in a queue can still go to a thread that has nothing to do, and a goroutine can't.
 */
import { same } from "../../runtime/async-scope.ts";
import { type Body, isGeneratorFunction } from "../../runtime/body.ts";
import { once } from "../../runtime/copies.ts";
import { microtask } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { ArgumentError, show } from "../../runtime/panic.ts";
import type { P } from "../../runtime/proc.ts";
import type { Go } from "../../runtime/types.ts";
import { isolate, type Source } from "../memory/isolate.ts";
import { DRY, PLACE } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { textAt } from "../memory/names.ts";
import { type Lease, leasing } from "../values/lease.ts";
import { CAUGHT, caught, type Parallel, parallels } from "../values/registry.ts";
import { asJob } from "./blame.ts";
import { arrived } from "./carry.ts";
import { crew } from "./crew.ts";
import { begun, fail, Guest, Part, stayAtHome, vanish } from "./guest.ts";
import { open } from "./hand.ts";
import { fate, imported, load } from "./loading.ts";
import { askHome, panicked } from "./panics.ts";
import { isOver, joinRun, runAt } from "./run.ts";
import { argsOf, BY, BY_NAME, CARRIES, DISCARDED, dropArgs, FN, GID, RUN, RUNNER } from "./task.ts";
import { anyTask, takeTask } from "./taskq.ts";
import { anyIdle, found, leaving, procs, rest, threads } from "./wakep.ts";
import { followWatch } from "./watch.ts";

/** The functions of this thread, by the pointer of their name. */
const known: Map<number, Parallel> = once("known", () => new Map<number, Parallel>());
/** The tasks that wait for a module that is being imported. */
const waits: Map<string, number[]> = new Map();

export const source: Source = {
  take() {
    if (!takes()) return false;
    // Before a task is out of its queue: whoever asks whether all are asleep must see one or the other.
    if (memory.i32[memory.record + DRY] !== 0) Atomics.store(memory.i32, memory.record + DRY, 0);
    for (;;) {
      // What a thread that is told to end finds was put there by a run that has begun since: it would take it along.
      const task = takeTask((n) => m.fallback.below(n), leaving);
      if (task === 0) return false;
      if (found()) crew.more();
      if (begin(task)) return true;
    }
  },
  takeIfNobodyElse() {
    if (!anyIdle() && threads() >= procs()) this.take();
  },
  rest() {
    rest(memory.self, takes());
  },
  any: () => takes() && open() && anyTask(),
};

/** Whether this thread is among those that take tasks. */
function takes(): boolean {
  return (memory.i32[memory.record + PLACE] as number) <= Math.max(1, procs()) && !leaving();
}

/** Makes a goroutine of a task; says whether there is one now. */
function begin(task: number): boolean {
  const { i32 } = memory;
  const run = i32[task + RUN] as number;
  if (isOver(run) || i32[task + RUNNER] === DISCARDED) {
    dropArgs(task);
    vanish(task);
    return false;
  }
  const pointer = i32[task + FN] as number;
  const f = known.get(pointer) ?? look(pointer);
  if (f === undefined) {
    fetch(pointer, task);
    return false;
  }
  let args: unknown[];
  let lease: Lease | null;
  try {
    ({ value: args, lease } = leasing(() => argsOf(task)));
  } catch (error) {
    start(task, run, thrower(f.name, error), [], null);
    return true;
  }
  start(task, run, f.fn, args, lease);
  return true;
}

function start(task: number, run: number, fn: Body, args: unknown[], lease: Lease | null): void {
  const { i32 } = memory;
  followWatch();
  const p = runAt(run) ?? openPart(run);
  const by = i32[task + BY] as number;
  const creator = by === 0 ? null : { id: by, name: textAt(i32[task + BY_NAME] as number) };
  let scope = same(p.scope);
  if (i32[task + CARRIES] === 1) {
    try {
      scope = arrived(args.pop(), p.scope);
    } catch (error) {
      fn = thrower(fn.name, error);
    }
  }
  const g = new Guest(task, p, (i32[task + GID] as number) >>> 0, fn, creator, scope, lease);
  g.value = args;
  if (isGeneratorFunction(fn)) {
    try {
      g.gen = fn.apply(undefined, args as never[]) as Go<unknown>;
      g.value = undefined;
    } catch {
      // A default value of a parameter: called once more when its turn comes, it panics there.
    }
  }
  begun(task);
  p.allgs.add(g);
  if (!(p instanceof Part)) stayAtHome(g, p);
  p.ready(g);
}

/** This thread's part of a run. */
function openPart(run: number): P {
  const p = joinRun(run);
  if (!p.decides) p.onPanic = askHome(p);
  p.open((outcome) => {
    panicked(run, outcome); // first: whoever waits for the others must not think that they are just gone
    p.vanish();
  });
  return p;
}

function look(pointer: number): Parallel | undefined {
  const { name, catches } = nameAt(pointer);
  const plain = parallels.get(name);
  if (plain === undefined) return undefined;
  const f = catches ? caught(plain) : asJob(plain);
  known.set(pointer, f);
  return f;
}

/** What a pointer to a function says: its name, its module, and whether what it throws is a result. */
function nameAt(pointer: number): { name: string; url: string; catches: boolean } {
  const text = textAt(pointer);
  const catches = text.startsWith(CAUGHT);
  const [name = "", url = ""] = text.slice(catches ? CAUGHT.length : 0).split("\n");
  return { name, url, catches };
}

/** Imports the module of a function that this thread doesn't know, and then begins `task`. */
function fetch(pointer: number, task: number): void {
  const { url } = nameAt(pointer);
  const waiting = waits.get(url);
  if (waiting !== undefined) {
    waiting.push(task);
    return;
  }
  waits.set(url, [task]);
  const done = (): void => {
    const tasks = waits.get(url) ?? [];
    waits.delete(url);
    for (const each of tasks) {
      if (look(memory.i32[each + FN] as number) !== undefined) begin(each);
      else refuse(each);
    }
    isolate.idle();
  };
  if (crew.ownFile) microtask(done);
  else load(url).then(done);
}

/** Sends a task home whose function can't be had here. */
function refuse(task: number): void {
  dropArgs(task);
  fail(task, notFound(task));
}

function notFound(task: number): Error {
  const { name, url } = nameAt(memory.i32[task + FN] as number);
  if (crew.ownFile) return frameless(new ReferenceError(unknownFunction(name)));
  if (!/^(\w+:|\/)/.test(url)) {
    return frameless(
      new ArgumentError(`parallel: ${name} needs import.meta, for threads to find it; it got ${show(url)}`),
    );
  }
  const { state = "loaded", error } = fate(url) ?? {};
  if (state === "loaded") return frameless(new ReferenceError(unknownFunction(name)));
  const why = {
    loading: "has not imported",
    failed: "can't import",
    halted: "gets no further in",
    stuck: "never comes to the end of",
  }[state];
  const what = `parallel: thread ${memory.self} ${why} ${url}, which has the function ${show(name)}`;
  if (state !== "failed") return frameless(new ReferenceError(`${what}: ${TOP_LEVEL[state]}`));
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : show(error);
  return frameless(new ReferenceError(`${what}: ${cause}\n${WAY_OUT}`, { cause: error }));
}

/** What keeps a module's top level from its end, and what to do about it. */
const TOP_LEVEL = {
  loading: "it is still on its way",
  halted:
    "its top level starts work, which other threads do not do, and the function is named after that; " +
    "name it before, or in a module of its own",
  stuck:
    "its top level awaits what never settles here; functions that are named before that are found, " +
    "and so are those of a module of their own",
};

const WAY_OUT =
  "Each thread imports the modules of parallel functions by their URL, so what a module needs must be there on every thread. " +
  "Where a bundler finds modules that Node does not (an alias, for one), use millrace/plugin there, or give the program a " +
  "worker file with threads({ worker }).";

/** Without our own frames. */
function frameless(error: Error): Error {
  error.stack = String(error);
  return error;
}

function unknownFunction(name: string): string {
  const modules = new Set([...imported(), ...[...parallels.values()].map((f) => f.url)]);
  const list = modules.size === 0 ? "none" : [...modules].map((url) => `\n\t${url}`).join("");
  return `parallel: thread ${memory.self} has no function named ${show(name)}; the modules it has loaded: ${list}`;
}

/** A goroutine that panics with `error`. */
function thrower(name: string, error: unknown): Body {
  const fn = (): never => {
    throw error;
  };
  return Object.defineProperty(fn, "name", { value: name });
}
