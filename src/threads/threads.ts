/** What a program can say about its threads. */
import { callback, checkOptions, flag, unexpected, whole } from "../runtime/args.ts";
import { environment } from "../runtime/host.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import { memory } from "./memory/memory.ts";
import { takePart } from "./part.ts";
import { type ContextCarrier, carryWith } from "./sched/carry.ts";
import { crew } from "./sched/crew.ts";
import type { WorkerLike } from "./sched/thread.ts";
import { type Hog, monitor } from "./sysmon/monitor.ts";

/** Options of `threads`. */
export interface ThreadOptions {
  /**
   * The most threads that run parallel functions, the same as `runtime.gomaxprocs(n)`: the number of processors by default. The environment's
   * MILLRACE_THREADS, which `millrace run --threads N` sets, comes before it.
   */
  readonly count?: number | undefined;
  /** Bytes to reserve for what threads share; 1 GiB by default. What is not used costs nothing. */
  readonly memory?: number | undefined;
  /**
   * Bytes that the heap of a thread may have (Node); what the host gives by default. The job that needs more fails, its thread is
   * replaced. Not together with `worker`: a worker of the program's own has the `resourceLimits` that it is made with.
   */
  readonly maxMemory?: number | undefined;
  /**
   * Makes a worker of the program's own, for bundles and browsers. Its file imports the modules that have parallel
   * functions and calls `serve()`.
   */
  readonly worker?: (() => WorkerLike) | undefined;
  /**
   * Whether a goroutine that loops without any operation is stopped every 10 ms, so that the others of its thread get
   * their turn; Node only, off by default.
   */
  readonly preempt?: boolean | undefined;
  /**
   * Whether goroutines that hog their thread are looked for; Node only. `true` prints those that do not yield for a second
   * or more, a function gets all that do not for 10 ms.
   */
  readonly sysmon?: boolean | ((hog: Hog) => void) | undefined;
  /**
   * What of the caller's async context goes along to the thread that runs a parallel function; each thread is told by
   * calling `threads` in a module that it imports. By default OpenTelemetry's trace and baggage, where its API has a
   * propagator.
   */
  readonly context?: ContextCarrier | undefined;
}

const MIB = 2 ** 20;
/** With less a thread can't even load this library. */
const LEAST_HEAP = 16 * MIB;

const OPTIONS: readonly string[] = [
  "count",
  "memory",
  "maxMemory",
  "worker",
  "preempt",
  "sysmon",
  "context",
] satisfies (keyof ThreadOptions)[];

/**
 * Says how many threads run parallel functions, how much memory they share, and what starts one.
 *
 * Does nothing on other threads, so a file can be both the program and a module that threads import.
 * Not needed in Node, unless the program is bundled. To be called on the program's first thread, before the first shared
 * channel and the first `go` of a parallel function; only `count` may change later. With one thread, and in a browser page
 * without isolation headers (COOP, COEP), where threads can't share memory, parallel functions run on the first thread.
 *
 * @param options `count`, of threads; `memory`, bytes that they share; `maxMemory`, bytes of each one's heap; `worker`, makes one of
 *   the program's own; `context`, what goes along to another thread; `preempt` and
 *   `sysmon`, against goroutines that do not yield
 * @throws ArgumentError for an option that can't be, or that comes too late
 *
 * @example
 * ```ts no-run
 * import { Worker } from "node:worker_threads"; // not in a browser
 * import { threads } from "millrace/threads";
 * threads({ count: 4, worker: () => new Worker(new URL("./worker.js", import.meta.url)) });
 * ```
 */
export function threads(options: ThreadOptions): void {
  checkOptions("threads", options, "count, memory, worker");
  for (const key of Object.keys(options)) {
    if (OPTIONS.includes(key)) continue;
    throw new ArgumentError(`threads: there is no option ${show(key)}; there are ${OPTIONS.join(", ")}`);
  }
  const { context } = options;
  if (context !== undefined) carryWith(checkCarrier(context));
  if (memory.self !== 0) return;
  const { count, memory: bytes, maxMemory, worker, preempt, sysmon } = options;
  if (count !== undefined) whole("threads: count", count, 1);
  if (maxMemory !== undefined) whole("threads: maxMemory, in bytes", maxMemory, LEAST_HEAP);
  callback("threads: worker", worker, "a function that gives a new Worker");
  const limit = maxMemory === undefined ? crew.maxMemory : Math.ceil(maxMemory / MIB);
  if (limit > 0 && (crew.ownFile || worker !== undefined)) {
    const limits = `{ resourceLimits: { maxOldGenerationSizeMb: ${limit} } }`;
    throw new ArgumentError(`threads: maxMemory can't limit a worker that the program makes; make it with ${limits}`);
  }
  if (preempt !== undefined) flag("threads: preempt", preempt);
  if (sysmon !== undefined && typeof sysmon !== "boolean" && typeof sysmon !== "function") {
    throw unexpected("threads: sysmon", "true, false or a function", sysmon);
  }
  if (bytes !== undefined) memory.reserve(bytes);
  takePart();
  crew.maxMemory = limit;
  if (worker !== undefined) crew.startWith(worker);
  if (preempt === true || (sysmon !== undefined && sysmon !== false)) monitor.start(preempt === true, sysmon ?? false);
  // Whoever starts the program has the last word.
  if (count !== undefined && !environment("MILLRACE_THREADS")) crew.procs(count);
}

function checkCarrier(context: ContextCarrier): ContextCarrier {
  const { inject, extract } = (context ?? {}) as Partial<ContextCarrier>;
  if (typeof inject === "function" && typeof extract === "function") return context;
  throw unexpected("threads: context", "{ inject, extract }, two functions", context);
}
