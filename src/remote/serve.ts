/** What a process does for its fleet: the calls of its parallel functions, and the queues that `handle` names. */

import { withCancel } from "../context/cancel.ts";
import { nodeOf } from "../context/parent.ts";
import { background } from "../context/roots.ts";
import type { Context } from "../context/types.ts";
import { callable, checkOptions, unexpected } from "../runtime/args.ts";
import { capture } from "../runtime/async-scope.ts";
import { once } from "../runtime/copies.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import type { Go } from "../runtime/types.ts";
import { select } from "../select/select.ts";
import { WaitGroup } from "../sync/waitgroup.ts";
import { type Parallel, parallels } from "../threads/values/registry.ts";
import type { Box } from "./box.ts";
import type { Calls } from "./calls.ts";
import { checkName, checkNumber } from "./check.ts";
import type { Lease } from "./link.ts";
import type { Handler, Queue, QueueOptions, WorkOptions } from "./queue.ts";

/** Options of `handle`. */
export interface HandleOptions<T> extends WorkOptions {
  /** The options of the queue, the same for all that open it. */
  readonly queue?: QueueOptions<T> | undefined;
}

/** Options of `serve`. */
export interface ServeOptions {
  /** How many calls this process works on at once: a whole number from 1 up, 8 by default. Each handler has a number of its own. */
  readonly concurrency?: number | undefined;
  /** The groups whose calls it takes; by default those of calls without a group. `""` stands for these. */
  readonly groups?: readonly string[] | undefined;
  /** The queues it works on, of those that `handle` names; all by default. */
  readonly queues?: readonly string[] | undefined;
  /** The names of the parallel functions it takes calls of; by default of all that are loaded by now. */
  readonly calls?: readonly string[] | undefined;
  /** Ends the serving when it ends: what has begun is finished, nothing new begins. */
  readonly ctx?: Context | undefined;
}

interface Handled {
  readonly fn: Handler<unknown>;
  readonly options: HandleOptions<unknown>;
}

/** By the name of the queue. */
const handlers: Map<string, Handled> = once("remote handlers", () => new Map<string, Handled>());

/**
 * Names what is done with the messages of a queue, at the top level of a module. Starts nothing: `fleet.serve` and the
 * command `millrace worker` do the work, as `queue.work` does it.
 *
 * @param queue the queue's name: 1 to 64 letters, digits, `-` or `_`
 * @param fn a generator, async or plain function; a parallel one runs on any thread
 * @param options `concurrency`, how many messages at once; `ctx`; `queue`, the options of the queue
 * @throws ArgumentError for a name or options that are none, and when the queue has another handler
 *
 * @example
 * ```ts
 * import { go, run } from "millrace";
 * import { connect, handle, memory } from "millrace/remote";
 * handle<string>("greetings", (name) => console.log(`hello, ${name}`), { concurrency: 10 });
 * await run(function* () {
 *   const fleet = yield* connect(memory(), { name: "shop" });
 *   const worker = go(() => fleet.serve({ calls: [] })); // hello, ann
 *   yield* fleet.queue<string>("greetings").send("ann");
 *   fleet.queue("greetings").close();
 *   yield* worker.join();
 * });
 * ```
 */
export function handle<T>(queue: string, fn: Handler<T>, options: HandleOptions<T> = {}): void {
  checkName("handle", queue);
  callable("handle", fn);
  checkOptions("handle", options, "concurrency");
  checkNumber("handle: concurrency", options.concurrency, { least: 1, whole: true, instead: 1 });
  if (options.ctx !== undefined) nodeOf("handle: ctx", options.ctx);
  const before = handlers.get(queue);
  // The same module again, as tools evaluate it that watch files: the newest counts.
  if (before !== undefined && before.fn !== fn && before.fn.toString() !== fn.toString()) {
    throw new ArgumentError(`handle: queue ${show(queue)} has a handler already; a queue has one in a program`);
  }
  handlers.set(queue, { fn, options } as Handled);
}

/** What of a fleet is needed to serve. */
export interface Serving {
  readonly calls: Calls;
  queue<T>(name: string, options?: QueueOptions<T>): Queue<T>;
}

/** Checks the options now, and gives what is to be done. */
export function serving(fleet: Serving, options: ServeOptions): () => Go {
  checkOptions("serve", options, "calls, queues");
  const { ctx } = options;
  const concurrency = checkNumber("serve: concurrency", options.concurrency, { least: 1, whole: true, instead: 8 });
  if (ctx !== undefined) nodeOf("serve: ctx", ctx);
  const groups = names("groups", options.groups) ?? [""];
  for (const group of groups) if (group !== "") checkName("serve: groups", group);
  const functions = chosen("calls", options.calls, parallels, "parallel function");
  const queues = chosen("queues", options.queues, handlers, "handler for a queue");
  if (functions.size + queues.size === 0) {
    throw new ArgumentError("serve: there is nothing to serve: no parallel function and no handler is loaded here");
  }
  return () => serve(fleet, functions, groups, queues, concurrency, ctx ?? background());
}

function names(option: string, given: readonly string[] | undefined): readonly string[] | undefined {
  const fits = given === undefined || (Array.isArray(given) && given.every((name) => typeof name === "string"));
  if (!fits) throw unexpected(`serve: ${option}`, "an array of names", given);
  return given;
}

/** Those of `all` that were asked for. */
function chosen<V>(
  option: string,
  given: readonly string[] | undefined,
  all: ReadonlyMap<string, V>,
  what: string,
): ReadonlyMap<string, V> {
  const wanted = names(option, given);
  if (wanted === undefined) return new Map(all);
  return new Map(
    wanted.map((name) => {
      const found = all.get(name);
      if (found === undefined) throw new ArgumentError(`serve: ${option}: there is no ${what} ${show(name)} here`);
      return [name, found];
    }),
  );
}

function* serve(
  { calls, queue }: Serving,
  functions: ReadonlyMap<string, Parallel>,
  groups: readonly string[],
  queues: ReadonlyMap<string, Handled>,
  concurrency: number,
  parent: Context,
): Go {
  const [ctx, cancel] = withCancel(parent);
  const group = new WaitGroup();
  let failed: { readonly error: unknown } | null = null;
  const start = (fn: () => Go): void => {
    group.go(function* () {
      try {
        yield* fn();
      } catch (error) {
        failed ??= { error };
        cancel();
      }
    });
  };
  const served = [...functions].flatMap(([name, f]) => groups.map((each) => ({ f, box: calls.boxOf(each, name) })));
  if (served.length > 0) {
    calls.station();
    for (const { box } of served) box.served = true;
    for (let i = 0; i < concurrency; i++) start(() => worker(calls, served, ctx));
  }
  for (const [name, { fn, options }] of queues) {
    start(function* (): Go {
      yield* queue(name, options.queue).work(fn, { concurrency: options.concurrency, ctx });
    });
  }
  yield* group.wait();
  cancel();
  const { error } = (failed ?? {}) as { error?: unknown };
  if (failed !== null) throw error;
}

/** Works on one call after the other, of whichever function. */
function* worker(calls: Calls, served: readonly { readonly f: Parallel; readonly box: Box }[], ctx: Context): Go {
  const base = capture(calls.p.scope);
  const done = ctx.done().recv();
  const cases = [done, ...served.map(({ box }) => box.recv)];
  while (!served.some(({ box }) => box.link.isStopped)) {
    const { index, value } = yield* select(cases);
    if (index === 0 || value === undefined) return;
    const { f, box } = served[index - 1] as (typeof served)[number];
    yield* calls.work(box, f, value as Lease, base);
  }
}
