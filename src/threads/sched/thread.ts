/**
 * One more thread, as seen from the first one: started, told to stop, gone.
 *
 * It gets its part of the memory with its start, and a port of its own for what does not go through the memory: that it is
 * ready, and what it prints. A thread never holds the process open.
 *
 * It is asked to stop and then ends itself, because one that is ended from outside may hold a lock; only one that does
 * not answer, because it is in a loop without any operation, is terminated. While it imports modules it is left to get on with
 * that: Node 20 keeps open the files that it has open then.
 */
import { unexpected } from "../../runtime/args.ts";
import { built } from "../../runtime/built.ts";
import { builtin, monotonic, startTimer, stopTimer } from "../../runtime/host.ts";
import { ALERT, isolate, wake } from "../memory/isolate.ts";
import { BEGUN, GENERATION, IMPORTS, LEAVING, MAX_ISOLATES, PARK, PLACE, READY, STATE } from "../memory/layout.ts";
import { memory, type Share } from "../memory/memory.ts";
import { keyOf, LIVE, recordOf } from "../memory/record.ts";
import type { Parallel } from "../values/registry.ts";
import { stopping } from "./recover.ts";
import { leave } from "./wakep.ts";

/** What is asked of whatever the host calls a worker. */
export interface WorkerLike {
  // Not readonly: a browser's takes a list that it might change.
  postMessage(message: unknown, transfer: never[]): void;
  terminate(): unknown;
  /** Node's says how its event loop does, and of one that has ended that it was idle for less than no time. */
  readonly performance?: { eventLoopUtilization(): { readonly idle: number } } | undefined;
}

/** Makes a worker; `options` are for a worker of Node's. */
export type MakeWorker = (options: object) => WorkerLike;

/** Node's. */
interface NodeWorker extends WorkerLike {
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "exit", listener: (code: number) => void): void;
  unref(): void;
}

interface Port {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  close(): void;
  ref?(): void;
  unref?(): void;
}

interface NodeThreads {
  readonly Worker: new (url: URL, options: object) => NodeWorker;
  readonly receiveMessageOnPort: (port: Port) => { readonly message: unknown } | undefined;
}

/** What a thread is started with. */
export interface Init {
  readonly share: Share;
  readonly port: Port;
  /** Modules to import before the first goroutine. */
  readonly modules: readonly string[];
  /** Whether the program is run by tsx, which reads more than a host that reads TypeScript. */
  readonly tsx: boolean;
  /** Whether the program has the CommonJS build of this library. */
  readonly commonjs: boolean;
}

/** Under this name it is sent. */
export const INIT = "millrace thread";

/** What a thread says through its port. */
export type Said =
  | { readonly kind: "ready" }
  | { readonly kind: "bye" }
  | { readonly kind: "print"; readonly to: 1 | 2; readonly text: Uint8Array };

/** How long a thread may take to end itself, in milliseconds. */
const GRACE = 100;
/** And how long it may take to import its modules first. */
const LOAD = 5000;
/** How often to look whether nobody else is left on a thread that retires, and for how long at most, in milliseconds. */
const LOOK = 10;
const RETIREMENT = 5000;

/** Why a thread is gone. */
export interface Gone {
  readonly code: number;
  /** What was thrown in it that nobody caught. */
  readonly error: unknown;
}

export interface Watcher {
  ready(thread: Thread): void;
  /** It was to retire, and goes on. */
  stays(thread: Thread): void;
  gone(thread: Thread, why: Gone): void;
}

export class Thread {
  readonly isolate: number;
  /** The key of its isolate. */
  readonly key: number;
  /** It was told to stop. */
  stopping = false;
  /** How many tasks it is to be ended for: it takes no others. */
  retired = 0;
  /** The task for which it is being ended. */
  overdue = 0;
  /** Settles when it is gone. */
  readonly gone: Promise<void>;
  readonly #worker: WorkerLike;
  readonly #port: Port;
  readonly #watcher: Watcher;
  #left!: (why: Gone) => void;

  /** Starts a thread; `worker` makes the host's worker, without it the library's own file is run. */
  constructor(
    share: Share,
    functions: Iterable<Parallel>,
    worker: MakeWorker | null,
    maxMemory: number,
    watcher: Watcher,
  ) {
    this.isolate = share.isolate;
    this.key = keyOf(share.isolate, memory.i32[recordOf(share.isolate) + GENERATION] as number);
    this.#watcher = watcher;
    const { port1, port2 } = new MessageChannel() as unknown as { port1: Port; port2: Port };
    this.#port = port1;
    port1.onmessage = ({ data }) => this.#said(data as Said);
    port1.unref?.();
    this.gone = new Promise((resolve) => {
      this.#left = (why) => {
        this.#hear();
        port1.close();
        resolve();
        watcher.gone(this, why);
      };
    });
    const modules = new Set<string>();
    let commonjs = false;
    for (const f of functions) {
      modules.add(f.url);
      commonjs ||= f.commonjs;
    }
    const init: Init = { share, modules: [...modules], port: port2, tsx: isRunByTsx(), commonjs };
    if (worker === null) this.#worker = startFile(init, maxMemory);
    else {
      this.#worker = worker(workerOptions(maxMemory));
      checkWorker(this.#worker);
      this.#worker.postMessage({ [INIT]: init }, [port2 as never]);
    }
    this.#listen(this.#worker as Partial<NodeWorker>);
  }

  /**
   * It runs goroutines. Asked of the memory: what it says through its port may come after what it has begun, and a thread that
   * counts as on its way for longer than it is would keep another from being started.
   */
  get ready(): boolean {
    return Atomics.load(memory.i32, recordOf(this.isolate) + READY) !== 0;
  }

  /** Its place among the threads that take tasks. */
  get place(): number {
    return memory.i32[recordOf(this.isolate) + PLACE] as number;
  }

  /** Whether it is one of the threads that take tasks. */
  get takes(): boolean {
    return this.retired === 0 && !this.stopping && this.place < MAX_ISOLATES;
  }

  /** Whether it has not said that it ends. */
  get lives(): boolean {
    return Atomics.load(memory.i32, recordOf(this.isolate) + STATE) === LIVE;
  }

  /**
   * Whether it has ended or was told to, as far as the host says without an event. It can only of a thread of which it was asked
   * while that was at work, so it is when the thread says that it is ready.
   */
  get ended(): boolean {
    const { performance } = this.#worker;
    return performance !== undefined && performance.eventLoopUtilization().idle < 0;
  }

  /** Gives it a place, now that it has stood by. */
  promote(place: number): void {
    const record = recordOf(this.isolate);
    Atomics.store(memory.i32, record + PLACE, place);
    wake(memory.i32, record + PARK);
  }

  /** Ends it for a task that goes on though it was cancelled; at once if it `hung`, else when the others there have ended. */
  retire(task: number, hung: boolean): void {
    this.overdue = task;
    leave(this.isolate);
    const first = this.retired++ === 0;
    if (hung) this.#end();
    if (hung || !first) return;
    const until = monotonic() + RETIREMENT;
    const look = (): void => {
      const begun = memory.i32[recordOf(this.isolate) + BEGUN] as number;
      if (begun === 0) this.#stay();
      else if (begun <= this.retired || monotonic() > until) this.#end();
      else timer = startTimer(look, LOOK);
    };
    let timer = startTimer(look, 0);
    this.gone.then(() => stopTimer(timer));
  }

  /** What it was to be ended for has ended all the same. */
  #stay(): void {
    this.retired = this.overdue = 0;
    Atomics.store(memory.i32, recordOf(this.isolate) + LEAVING, 0);
    this.#watcher.stays(this);
  }

  /** Ends it; settles when it is gone. */
  stop(): Promise<void> {
    if (!this.stopping) {
      this.stopping = true;
      leave(this.isolate);
      isolate.alert(this.isolate, ALERT.stop);
      this.#endIn(GRACE, LOAD);
    }
    return this.gone;
  }

  /** Ends it after `ms`, or once it has no modules on their way; at the latest after `most`. */
  #endIn(ms: number, most: number): void {
    const timer = startTimer(() => {
      if (this.#loads && most > ms) this.#endIn(ms, most - ms);
      else this.#end();
    }, ms);
    this.gone.then(() => stopTimer(timer));
  }

  get #loads(): boolean {
    return !this.ready || Atomics.load(memory.i32, recordOf(this.isolate) + IMPORTS) !== 0;
  }

  #listen(worker: Partial<NodeWorker>): void {
    if (typeof worker.on !== "function") return; // a browser's does not say that it has ended
    let uncaught: unknown;
    worker.on("error", (error) => {
      uncaught = error;
    });
    worker.on("exit", (code) => this.#left({ code, error: uncaught }));
    worker.unref?.();
  }

  #end(): void {
    stopping(this.isolate);
    this.#worker.terminate();
    if (typeof (this.#worker as Partial<NodeWorker>).on !== "function") this.#left({ code: 0, error: undefined });
  }

  #said(said: Said): void {
    if (said.kind === "ready") {
      void this.ended;
      this.#watcher.ready(this);
    } else if (said.kind === "bye") this.#end();
    else print(said.to, said.text);
  }

  /** Takes what it has said before it ended, all at once. */
  #hear(): void {
    const { receiveMessageOnPort } = (builtin("node:worker_threads") ?? {}) as Partial<NodeThreads>;
    for (let next = receiveMessageOnPort?.(this.#port); next !== undefined; next = receiveMessageOnPort?.(this.#port)) {
      this.#said(next.message as Said);
    }
  }
}

function print(to: 1 | 2, text: Uint8Array): void {
  const { stdout, stderr } = process;
  (to === 1 ? stdout : stderr).write(text);
}

function checkWorker(worker: unknown): void {
  const { postMessage, terminate } = (worker ?? {}) as Partial<WorkerLike>;
  if (typeof postMessage === "function" && typeof terminate === "function") return;
  throw unexpected("threads: worker", "a function that gives a new Worker", worker);
}

/** Runs the library's own file on a new thread. */
function startFile(init: Init, maxMemory: number): WorkerLike {
  const { Worker } = builtin("node:worker_threads") as NodeThreads;
  return new Worker(ownFile() as URL, {
    workerData: { [INIT]: init },
    transferList: [init.port],
    ...workerOptions(maxMemory),
    ...(process.execArgv.some(isAboutEval) && { execArgv: withoutEval(process.execArgv) }),
  });
}

/** What a worker of Node's is made with. */
function workerOptions(maxMemory: number): object {
  const { process } = globalThis as { readonly process?: NodeJS.Process };
  return {
    argv: process?.argv?.slice(2) ?? [],
    ...(maxMemory > 0 && { resourceLimits: { maxOldGenerationSizeMb: maxMemory } }),
  };
}

/** Of what `node` was started with, `--input-type` is about code given to it, and stops a thread that has a file. */
const isAboutEval = (arg: string): boolean => arg.startsWith("--input-type");

/** What a thread may still be given: modules to load first, and conditions. */
function withoutEval(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => {
    if (!/^(-r|-C|--(import|require|loader|experimental-loader|conditions))(=|$)/.test(arg)) return [];
    return arg.includes("=") ? [arg] : [arg, args[i + 1] ?? ""];
  });
}

/** Whether threads can be started without a worker of the program's. */
export function hasFile(): boolean {
  return ownFile() !== null;
}

function isRunByTsx(): boolean {
  const { process } = globalThis as { readonly process?: NodeJS.Process };
  return [...(process?.execArgv ?? []), process?.env?.NODE_OPTIONS ?? ""].some((arg) => /\btsx\b/.test(arg));
}

let file: URL | null | undefined;

/** What a thread runs where the program has no worker of its own. Looked for once, because each `go` asks. */
function ownFile(): URL | null {
  if (file === undefined) file = built("threads/worker.js");
  return file;
}
