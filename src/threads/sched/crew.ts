/**
 * The program's threads (Go's `m`s): how many there may be, started when there is something to do for them, replaced when one
 * ends before its time, and gone with the run that needed them.
 *
 * The first thread starts and ends all others; another that wants one more tells it so.
 *
 * The first `go` starts one thread, and each `go` that finds no idle thread, and more tasks waiting than there are
 * threads on their way, one more, up to `procs`. A program that needs one gets one.
 */
import { whole } from "../../runtime/args.ts";
import { once } from "../../runtime/copies.ts";
import { notice } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { ArgumentError, Panic } from "../../runtime/panic.ts";
import type { P } from "../../runtime/proc.ts";
import type { ThreadsInfo } from "../../runtime/types.ts";
import { ALERT, isolate } from "../memory/isolate.ts";
import { BEGUN, CULPRIT, HOW, IMPORTS, LATEST, MAX_ISOLATES, PLACE, READY, STATE } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { FREE, LIVE, recordOf } from "../memory/record.ts";
import { onWait } from "../shared/lock.ts";
import { buffers } from "../values/buffers.ts";
import { parallels } from "../values/registry.ts";
import { onTold, tell } from "../values/tell.ts";
import { children } from "./away.ts";
import { type Ending, fail, lose } from "./death.ts";
import type { PanickedTask } from "./guest.ts";
import { handOf } from "./hand.ts";
import { putBack } from "./lost.ts";
import { cameBackPanicked } from "./panics.ts";
import { recover, stopping } from "./recover.ts";
import { freeRuns, recordOfRun, setOver, sharedRuns, takeTallies } from "./run.ts";
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
import { anyTask, findTask, queued, relock, takeTask, unbarred } from "./taskq.ts";
import { type Gone, hasFile, type MakeWorker, Thread, type Watcher, type WorkerLike } from "./thread.ts";
import { gone, procs, setProcs, setThreads, threads, wakep } from "./wakep.ts";

/** A thread may have to be ended. */
const PREPARE = "prepare";
/** A thread is to be ended for a task. */
const END = "end";

/** Why there is one thread: it was asked for, or the machine has one processor. */
const ONE = "one thread is what there may be: see threads({ count }), MILLRACE_THREADS and runtime.gomaxprocs";

/** The place of a thread that takes no tasks yet. */
const STANDS_BY = 2 ** 31 - 1;
/** So many threads may end before they are ready, one after the other, before no more are tried beside those that are there. */
const MOST_STILLBORN = 3;

class Crew {
  /** The most threads that take tasks, until that is in the shared memory. */
  #procs = 0;
  /** What starts a worker of the program's own. */
  #worker: MakeWorker | null = null;
  /** What starts a worker that the bundler's plug-in has made, if the program brings none. */
  #offered: MakeWorker | null = null;
  readonly #threads = new Set<Thread>();
  /** One that stands by, to take the place of a thread that ends before its time. */
  #spare: Thread | null = null;
  /** A thread has ended before its time, so the next may, too. */
  #wary = false;
  #explained = false;
  /** How many have ended, one after the other, before they were ready. */
  #stillborn = 0;
  /** Threads know what the program's own worker file imports: nothing is loaded by its URL. */
  ownFile = false;
  /** Megabytes that a thread's heap may have; 0 for what the host gives. */
  maxMemory = 0;

  /** Whether there are any. */
  get any(): boolean {
    return this.#threads.size > 0;
  }

  /** Whether one of them has not begun, or is about to end, or has ended and this thread has not heard of it yet. */
  get changing(): boolean {
    for (const thread of this.#threads) {
      if (!thread.ready || thread.stopping || thread.retired > 0 || !thread.lives) return true;
    }
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

  /** Threads can be started with `worker`, if the program says nothing else. The newest counts, because tools build anew. */
  offer(worker: MakeWorker): void {
    this.#offered = worker;
  }

  /** The most threads that run parallel functions; `n` above 0 sets it. Gives what it was before. */
  procs(n: number): number {
    whole("threads: count", n, -Infinity, MAX_ISOLATES - 1);
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
    if (this.#alone() !== null) return false;
    isolate.open();
    if (procs() === 0) setProcs(this.#procs);
    return memory.shared;
  }

  get #maker(): MakeWorker | null {
    return this.#worker ?? this.#offered;
  }

  /** Why the program has its first thread alone, and what to do about it; null if it has others. */
  #alone(): string | null {
    if (this.#procs === 1) return ONE;
    if (typeof SharedArrayBuffer === "undefined") {
      return "the page is not cross-origin isolated; send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
    }
    if (this.#maker === null && !hasFile()) {
      return "the library is in a bundle, without the file of its threads; use millrace/plugin in the bundler, or bring a worker file with threads({ worker })";
    }
    return null;
  }

  /** What there is of other threads, as `runtime.threads` says it. */
  info(): ThreadsInfo {
    const { i32 } = memory;
    let [alive, busy] = [0, 0];
    for (let i = 1; memory.opened && i < memory.isolates; i++) {
      if (Atomics.load(i32, recordOf(i) + STATE) !== LIVE) continue;
      alive++;
      if ((i32[recordOf(i) + BEGUN] as number) > 0) busy++;
    }
    const why = memory.self === 0 ? this.#alone() : null;
    return { count: why === null ? this.procs(0) : 1, alive, busy, why: why ?? undefined };
  }

  /** Says once why a parallel function runs on the first thread, unless that is what was asked for. */
  explain(name: string): void {
    const why =
      this.#alone() ??
      "no other thread can import the module that it is in; put it into a file, and give parallel() its import.meta";
    if (this.#explained || why === ONE) return;
    this.#explained = true;
    notice(`millrace: ${name} runs on the first thread: ${why}\n`);
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
    let there = 0;
    let coming = 0;
    for (const thread of this.#threads) {
      if (!thread.takes) continue;
      there++;
      if (!thread.ready) coming++;
    }
    // One that can't be had is tried again for new tasks, not for those that others are at.
    if (this.#stillborn >= MOST_STILLBORN && there > 0) return;
    for (const n = queued(); coming < n && there < procs(); coming++, there++) this.#start(this.#freePlace());
  }

  /** Whether a thread takes what waits, or may soon: not if several have ended on their way. */
  #hope(): boolean {
    for (const each of this.#threads) {
      if (each.takes && (each.ready || (!each.stopping && this.#stillborn < MOST_STILLBORN))) return true;
    }
    return false;
  }

  /** Notes which have ended though no event has said so yet: somebody waits for a lock and hears of none. */
  lookAround(): void {
    for (const thread of this.#threads) if (thread.ended) stopping(thread.isolate);
  }

  /** Ends all threads. */
  async stop(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.stop()));
  }

  /** A thread may have to be ended soon: one that can take its place is started, if none is there. */
  prepare(): void {
    if (memory.self !== 0) tell(0, PREPARE, undefined);
    else if (this.#spare === null && this.#threads.size < MAX_ISOLATES - 1) this.#start(STANDS_BY);
  }

  /**
   * Ends the thread with that key for `task`, which was cancelled and goes on. One that does not answer either is ended at once;
   * else it takes nothing new, and is ended when nobody else is left there, or after a while.
   */
  end(key: number, task: number, hung: boolean): void {
    if (memory.self !== 0) {
      tell(0, END, { key, task, hung });
      return;
    }
    for (const thread of this.#threads) {
      if (thread.key !== key || thread.stopping) continue;
      thread.retire(task, hung);
      this.#count();
      if (queued() > 0) this.more();
    }
  }

  /** The first place that no thread has, apart from `self`. */
  #freePlace(self: Thread | null = null): number {
    const taken = new Set([...this.#threads].filter((each) => each.takes && each !== self).map((each) => each.place));
    let place = 1;
    while (taken.has(place)) place++;
    return place;
  }

  /** Starts a thread for that place, or lets the one that stands by have it. */
  #start(place: number): void {
    const spare = this.#spare;
    if (place !== STANDS_BY && spare !== null) {
      this.#spare = null;
      spare.promote(place);
      this.#count();
      if (this.#wary) this.prepare();
      return;
    }
    buffers.open(); // before the first thread that could send one
    const share = memory.share(memory.newIsolate());
    const { i32 } = memory;
    const record = recordOf(share.isolate);
    for (const word of [CULPRIT, HOW, BEGUN, LATEST, IMPORTS, READY]) i32[record + word] = 0;
    i32[record + PLACE] = place;
    try {
      const watcher: Watcher = {
        ready: () => {
          this.#stillborn = 0;
        },
        stays: (which) => {
          which.promote(this.#freePlace(which));
          this.#count();
        },
        gone: (which, why) => this.#gone(which, why),
      };
      const thread = new Thread(share, parallels.values(), this.#maker, this.maxMemory, watcher);
      this.#threads.add(thread);
      if (place === STANDS_BY) this.#spare = thread;
    } catch (error) {
      // The program's own worker could not be made: nobody is this isolate.
      Atomics.store(i32, record + STATE, FREE);
      throw error;
    }
    this.#count();
  }

  /** Writes how many threads take tasks. */
  #count(): void {
    let n = 0;
    for (const thread of this.#threads) if (thread.takes) n++;
    setThreads(n);
  }

  /** The threads go with the last run that needed them. */
  #goHome(): void {
    if (sharedRuns().some(([p]) => !p.over && (p !== m.fallback || children.of(p) > 0))) return;
    this.#wary = false;
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
    if (this.#spare === thread) this.#spare = null;
    if (!thread.ready) this.#stillborn++;
    this.#count();
    const record = recordOf(thread.isolate);
    relock(thread.isolate);
    const held = handOf(thread.isolate);
    gone(thread.isolate);
    recover(thread.isolate);
    const runs = takeTallies(record);
    const { isolate: which, key, ready, overdue } = thread;
    const hopeless = !ready && thread.takes && !this.#hope();
    const ending: Ending = { isolate: which, key, ready, overdue, ownFile: this.ownFile, ...why };
    if (!thread.stopping || overdue !== 0) lose(ending, hopeless, runs);
    else vanished(key);
    Atomics.store(memory.i32, record + STATE, FREE);
    if (held) {
      for (const each of memory.others()) isolate.alert(each, ALERT.hand);
      putBack(more);
    }
    if (this.#threads.size === 0) empty();
    if (queued() > 0) this.more();
    if (ready && !thread.stopping && thread.takes && this.#threads.size > 0) {
      this.#wary = true;
      this.prepare();
    }
  }
}

/** What was begun on a thread that was to end does not come back, and its run is over. */
function vanished(key: number): void {
  const { i32 } = memory;
  const tasks = [...children].map(({ task }) => task).filter((task) => i32[task + RUNNER] === key);
  for (const task of tasks) {
    children.take(i32[task + CHILD] as number);
    memory.free(task);
  }
}

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
unbarred.fn = () => {
  if (anyTask() && !wakep()) more();
};

isolate.onAlert(ALERT.more, more);
onWait(() => crew.lookAround());
isolate.onAlert(ALERT.hand, () => putBack(more));
onTold(PREPARE, () => crew.prepare());
onTold(END, (told) => {
  const { key, task, hung } = told as { readonly key: number; readonly task: number; readonly hung: boolean };
  crew.end(key, task, hung);
});
