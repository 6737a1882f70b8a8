/**
 * A thread's own side: it gets its part of the memory, imports the program's modules, and runs what it finds.
 *
 * What is printed goes through a port, at once: the host's own streams of a worker hand over one piece at a time, whenever
 * the thread comes to its event loop, and a thread that computes or is ended would never say the rest.
 */
import { callback } from "../runtime/args.ts";
import { builtin, holdTimer, isMainThread, macrotask, onLoopDry, startTimer } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import { ArgumentError } from "../runtime/panic.ts";
import { ALERT, isolate } from "./memory/isolate.ts";
import { READY } from "./memory/layout.ts";
import { memory } from "./memory/memory.ts";
import { takePart } from "./part.ts";
import { watchEnd } from "./sched/blame.ts";
import { crew } from "./sched/crew.ts";
import { importing, importWith, load, stuck } from "./sched/loading.ts";
import { asleep } from "./sched/quiet.ts";
import { endParts, sharedRuns } from "./sched/run.ts";
import { source } from "./sched/source.ts";
import { INIT, type Init, type Said } from "./sched/thread.ts";
import { allowPreemption, noteThread } from "./sysmon/preempt.ts";

interface Parent {
  on(event: "message", listener: (message: unknown) => void): void;
  off(event: "message", listener: (message: unknown) => void): void;
}

interface Scope {
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  removeEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  close?(): void;
}

/** How long until it is looked again whether modules are on their way, in milliseconds. */
const SOON = 5;

let serving = false;

/**
 * Runs the program's goroutines on this thread: the last line of a worker file of the program's own, see `threads`.
 *
 * Everything imported before is what this thread knows; `load` brings what it does not know yet. Never blocks.
 *
 * @param load imports the module that a parallel function is in, given the URL that the module's `import.meta` said; without it
 *   nothing more is imported
 * @throws ArgumentError on the program's first thread, when called twice, or when `load` is not a function
 *
 * @example
 * ```ts no-run
 * // worker.ts: what main's file starts with threads({ worker: () => new Worker(new URL("./worker.ts", import.meta.url)) })
 * import { parallel, serve } from "millrace/threads";
 * export const square = parallel(import.meta, "square", (n: number) => n * n); // or imported from another module
 * serve();
 * ```
 */
export function serve(load?: (url: string) => unknown): void {
  if (isMainThread()) throw new ArgumentError("serve: this is the program's first thread; call it in a worker file");
  callback("serve: load", load, "a function that imports a module by its URL");
  if (serving) throw new ArgumentError("serve: called twice");
  serving = true;
  if (load === undefined) crew.ownFile = true;
  else importWith(load);
  listen((init) => begin(init, load === undefined ? null : () => loadAll(init.modules)));
}

/** Waits for what a thread is started with. */
function listen(got: (init: Init) => void): void {
  const { parentPort } = (builtin("node:worker_threads") ?? {}) as { readonly parentPort?: Parent | null };
  if (parentPort !== undefined && parentPort !== null) {
    const listener = (message: unknown): void => {
      const init = initOf(message);
      if (init === undefined) return;
      parentPort.off("message", listener);
      got(init);
    };
    parentPort.on("message", listener);
    return;
  }
  const scope = globalThis as unknown as Scope;
  const listener = ({ data }: { readonly data: unknown }): void => {
    const init = initOf(data);
    if (init === undefined) return;
    scope.removeEventListener("message", listener);
    got(init);
  };
  scope.addEventListener("message", listener);
}

/** What a thread is started with, if that is what the message is. */
export function initOf(message: unknown): Init | undefined {
  return (message as { readonly [INIT]?: Init } | null | undefined)?.[INIT];
}

/** Takes part, and begins to look for work once what it is to `load` is there, or can't be had. */
export function begin({ share, port }: Init, load: (() => Promise<void>) | null = null): void {
  isolate.attach(share);
  isolate.hold(true);
  const ready = takePart();
  allowPreemption();
  watchEnd();
  noteThread();
  onLoopDry(() => {
    stuck();
    asleep();
  });
  let started = false;
  const say = (said: Said): void => port.postMessage(said);
  printThrough(say);
  isolate.onAlert(ALERT.over, endParts);
  isolate.onAlert(ALERT.stop, () => {
    for (const [p] of sharedRuns()) p.finish({ ok: true, value: undefined });
    const leave = (): void => {
      if (!started || importing()) {
        holdTimer(startTimer(leave, SOON), false);
        return;
      }
      if (builtin("node:process") !== undefined) process.exit(0);
      say({ kind: "bye" });
    };
    // A goroutine that was stopped from outside must be let go first.
    if (m.nested) macrotask(leave);
    else leave();
  });
  const start = (): void => {
    started = true;
    Atomics.store(memory.i32, memory.record + READY, 1); // before it takes anything
    isolate.source = source;
    say({ kind: "ready" });
    isolate.idle();
  };
  if (load === null && ready === undefined) start();
  else Promise.all([load?.(), ready]).then(start, start);
}

interface Printing {
  _write(chunk: Uint8Array | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void;
  _writev: unknown;
}

function printThrough(say: (said: Said) => void): void {
  const { stdout, stderr } = ((globalThis as { process?: unknown }).process ?? {}) as {
    readonly stdout?: Printing;
    readonly stderr?: Printing;
  };
  const replace = (stream: Printing | undefined, to: 1 | 2): void => {
    if (stream === undefined) return;
    stream._writev = null;
    stream._write = (chunk, encoding, done) => {
      say({ kind: "print", to, text: typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk });
      done();
    };
  };
  replace(stdout, 1);
  replace(stderr, 2);
}

/** Imports the modules that the program's first thread has parallel functions of. Comes back when no more of them is to be had. */
export async function loadAll(modules: readonly string[]): Promise<void> {
  for (const url of modules) await load(url);
}
