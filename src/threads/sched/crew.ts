/**
 * The program's threads (Go's `m`s): how many there may be, started when there is something to do for them, and gone with
 * the run that needed them.
 *
 * The first thread starts and ends all others; another that wants one more tells it so.
 *
 * The first `go` starts one thread, and each `go` that finds no idle thread, and more tasks waiting than there are
 * threads on their way, one more, up to `procs`. A program that needs one gets one.
 */
import { once } from "../../runtime/copies.ts";
import { uncaught } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { ArgumentError, FatalError, Panic, show } from "../../runtime/panic.ts";
import type { P } from "../../runtime/proc.ts";
import { ALERT, isolate } from "../memory/isolate.ts";
import { MAX_ISOLATES, STATE } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { FREE, recordOf } from "../memory/record.ts";
import { buffers } from "../values/buffers.ts";
import { parallels } from "../values/registry.ts";
import { onTold, tell } from "../values/tell.ts";
import { type Away, children } from "./away.ts";
import type { PanickedTask } from "./guest.ts";
import { handOf } from "./hand.ts";
import { putBack } from "./lost.ts";
import { cameBackPanicked } from "./panics.ts";
import { recover } from "./recover.ts";
import { freeRuns, partsOf, recordOfRun, setOver, sharedRuns } from "./run.ts";
import {
  CHILD,
  COUNT,
  dropArgs,
  dropResult,
  FAILED,
  KIND_BACK,
  NO_ROOM,
  OWNER,
  PANICKED,
  RETURNED,
  RUNNER,
  takeResult,
  VANISHED,
} from "./task.ts";
import { findTask, queued, relock, takeTask } from "./taskq.ts";
import { type Gone, hasFile, Thread, type WorkerLike } from "./thread.ts";
import { gone, procs, setProcs, setThreads, threads } from "./wakep.ts";

/** A thread has died. */
const DIED = "died";

class Crew {
  /** The most threads that take tasks, until that is in the shared memory. */
  #procs = 0;
  /** What starts a worker of the program's own. */
  #worker: (() => WorkerLike) | null = null;
  readonly #threads = new Set<Thread>();
  /** Threads know what the program's own worker file imports: nothing is loaded by its URL. */
  ownFile = false;

  /** Whether there are any. */
  get any(): boolean {
    return this.#threads.size > 0;
  }

  /** Whether one of them has not begun, or is about to end. */
  get starting(): boolean {
    for (const thread of this.#threads) if (!thread.ready || thread.stopping) return true;
    return false;
  }

  /** Threads are to be started with a worker of the program's own. */
  startWith(worker: () => WorkerLike): void {
    if (this.#threads.size > 0 && worker !== this.#worker) {
      throw new ArgumentError("threads: worker must be set before the first go of a parallel function");
    }
    this.#worker = worker;
    this.ownFile = true;
  }

  /** The most threads that run parallel functions; `n` above 0 sets it. Gives what it was before. */
  procs(n: number): number {
    if (n > MAX_ISOLATES - 1) throw new ArgumentError(`threads: at most ${MAX_ISOLATES - 1}, got ${show(n)}`);
    const before = memory.opened && procs() > 0 ? procs() : this.#procs;
    if (n > 0) {
      this.#procs = n;
      if (memory.opened) setProcs(n);
    }
    return before;
  }

  /** Whether there are other threads to run something on, or could be. */
  able(): boolean {
    if (memory.self !== 0) return true;
    if (this.#procs === 1 || typeof SharedArrayBuffer === "undefined") return false;
    if (this.#worker === null && !hasFile()) return false;
    isolate.open();
    if (procs() === 0) setProcs(this.#procs);
    return memory.shared;
  }

  /** A run is to be shared with other threads; gives its record. */
  share(p: P): number {
    const record = recordOfRun(p);
    p.atEnd.push(() => {
      setOver(record);
      for (const each of memory.others()) isolate.alert(each, ALERT.over);
      this.#goHome();
    });
    return record;
  }

  /** A task was put into a queue, and nobody is idle. */
  more(): void {
    if (memory.self !== 0) {
      if (threads() < procs()) isolate.alert(0, ALERT.more);
      return;
    }
    if (this.#threads.size >= procs()) return;
    let coming = 0;
    for (const thread of this.#threads) if (!thread.ready) coming++;
    for (const n = queued(); coming < n && this.#threads.size < procs(); coming++) this.#start();
  }

  /** Ends all threads. */
  async stop(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.stop()));
  }

  #start(): void {
    buffers.open(); // before the first thread that could send one
    const share = memory.share(memory.newIsolate());
    try {
      const watcher = { ready: () => {}, gone: (which: Thread, why: Gone) => this.#gone(which, why) };
      this.#threads.add(new Thread(share, parallels.values(), this.#worker, watcher));
    } catch (error) {
      // The program's own worker could not be made: nobody is this isolate.
      Atomics.store(memory.i32, recordOf(share.isolate) + STATE, FREE);
      throw error;
    }
    setThreads(this.#threads.size);
  }

  /** The threads go with the last run that needed them. */
  #goHome(): void {
    if (sharedRuns().some(([p]) => !p.over && (p !== m.fallback || children.of(p) > 0))) return;
    for (const thread of this.#threads) thread.stop();
    dropTasks(() =>
      takeTask(
        () => 0,
        () => false,
      ),
    );
  }

  #gone(thread: Thread, why: Gone): void {
    // The tasks that it gave back are on their way here, or they would be freed twice.
    isolate.hear();
    this.#threads.delete(thread);
    const { i32 } = memory;
    setThreads(this.#threads.size);
    relock(thread.isolate);
    const held = handOf(thread.isolate);
    gone(thread.isolate);
    recover(thread.isolate);
    Atomics.store(i32, recordOf(thread.isolate) + STATE, FREE);
    const error = thread.stopping ? null : died(thread, why);
    lose(thread, error);
    if (held) {
      for (const each of memory.others()) isolate.alert(each, ALERT.hand);
      putBack(more);
    }
    if (this.#threads.size === 0) empty();
    if (queued() > 0) this.more();
  }
}

function died({ isolate: which, ready }: Thread, { code, error }: Gone): FatalError {
  let why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error === undefined) why = ready ? `process.exit(${code}) was called in it` : "its file has not called serve()";
  const fatal = new FatalError("THREAD_DIED", `thread ${which} is gone: ${why}`);
  if (error !== undefined) fatal.cause = error;
  return fatal;
}

/**
 * What that thread was running is lost; `error` if it was not meant to end. One that could not even begin was meant for
 * what waits, and the next would do no better.
 */
function lose({ isolate: which, ready }: Thread, error: FatalError | null): void {
  const { i32 } = memory;
  const lost: Away[] = [];
  for (const away of children) {
    const runner = i32[away.task + RUNNER] as number;
    if (runner === which + 1) lost.push(away);
    else if (runner === 0 && !ready && error !== null) fail(away, error);
  }
  for (const away of lost) {
    children.take(i32[away.task + CHILD] as number);
    memory.free(away.task);
    if (error !== null) fail(away, error);
  }
  if (error === null) return;
  const death: Death = { which, error };
  endRuns(death);
  for (const each of memory.others()) tell(each, DIED, death);
}

/** A thread has died, and why. */
interface Death {
  readonly which: number;
  readonly error: FatalError;
}

/** A goroutine is lost: an error for those who join it; of one that was never joined, a panic of its run. */
function fail(away: Away, error: unknown): void {
  away.fail(error);
  if (!away.wanted) endRun(away.p, error);
}

function endRun(p: P, error: unknown): void {
  const cause = error instanceof Error ? error.cause : undefined;
  const stack = cause instanceof Error ? cause.stack : undefined;
  if (!p.over) p.finish({ ok: false, error, g: null, ...(stack !== undefined && { trace: stack }) });
  if (!p.over) uncaught(error);
}

/** Ends the runs of this thread that had goroutines there, whoever has started them. */
function endRuns({ which, error }: Death): void {
  for (const p of partsOf(which)) endRun(p, error);
}

onTold(DIED, (death) => endRuns(death as Death));

/** Nobody is there to take what is left in the queues, and what it belonged to is over. */
function empty(): void {
  if (sharedRuns().some(([p]) => !p.over)) return;
  dropTasks(() => findTask(() => 0));
  freeRuns();
}

/** Gives up tasks whose runs are all over. */
function dropTasks(next: () => number): void {
  const { i32, key } = memory;
  for (let task = next(); task !== 0; task = next()) {
    dropArgs(task);
    if (i32[task + OWNER] === key) children.take(i32[task + CHILD] as number);
    memory.free(task);
  }
}

isolate.on(KIND_BACK, (task) => {
  const { i32 } = memory;
  // It was made by an isolate that is gone, and had the same number.
  if (i32[task + OWNER] !== memory.key) {
    dropResult(task);
    memory.free(task);
    return;
  }
  const away = children.take(i32[task + CHILD] as number);
  const ended = i32[task + COUNT];
  const value = ended === VANISHED || ended === NO_ROOM ? undefined : takeResult(task);
  memory.free(task);
  if (!away.p.over) {
    if (ended === RETURNED) away.end(value);
    else if (ended === FAILED) fail(away, value);
    else if (ended === PANICKED) cameBackPanicked(away, value as PanickedTask);
    else if (ended === NO_ROOM)
      fail(
        away,
        new Panic("SHARED_MEMORY", `there was no room for the result of ${away.name}; see threads({ memory })`),
      );
  }
  if (away.p === m.fallback && memory.self === 0 && children.of(m.fallback) === 0) isolate.hold(false);
});

/** The program's threads. */
export const crew: Crew = once("crew", () => new Crew());

const more = (): void => crew.more();

isolate.onAlert(ALERT.more, more);
isolate.onAlert(ALERT.hand, () => putBack(more));
