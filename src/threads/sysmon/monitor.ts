/** The monitor (sysmon.ts) as seen from the thread that starts it: begun, told to stop, and what it has found. */
import { built, here } from "../../runtime/built.ts";
import { once } from "../../runtime/copies.ts";
import { builtin, onExit } from "../../runtime/host.ts";
import { m } from "../../runtime/m.ts";
import { ArgumentError } from "../../runtime/panic.ts";
import { isolate } from "../memory/isolate.ts";
import { memory } from "../memory/memory.ts";
import { allowPreemption, noteThread } from "./preempt.ts";

/** A goroutine that has not come to its scheduler for too long. */
export interface Hog {
  /** The thread it is on: 0 for the one that runs main. */
  readonly thread: number;
  /** Its number in its run. */
  readonly id: number;
  /** The name of its function. */
  readonly name: string;
  /** For how long, in milliseconds. */
  readonly ms: number;
  /** Where it stands, as Go prints it. */
  readonly stack: string;
}

/** Under this name the monitor gets what it needs. */
export const MONITOR = "millrace monitor";

export interface MonitorData {
  readonly buffer: ArrayBufferLike;
  readonly control: Int32Array;
  readonly preempt: boolean;
  /** Whether all findings are wanted; whether long ones are to be printed. */
  readonly findings: boolean;
  readonly print: boolean;
  /** How often it looks, in milliseconds: also what the others get in a pause. */
  readonly tick: number;
  /** What the addresses of the library's own files begin with. */
  readonly root: string;
}

interface NodeWorker {
  on(event: "message", listener: (message: unknown) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

/** A finding in words. */
export function findingText({ thread, id, name, ms, stack }: Hog): string {
  const where = thread === 0 ? "" : `, thread ${thread}`;
  return `millrace: goroutine ${id} (${name}) has not yielded for ${(ms / 1000).toFixed(1)} s${where}:\n${stack}`;
}

/** Go's own. */
const TICK = 10;
/** How long the process waits at its end for the monitor to let go, in milliseconds. */
const PATIENCE = 500;

class Monitor {
  /** Shared with the monitor: sysmon.ts says what is in it. */
  #control: Int32Array = new Int32Array(2);
  #worker: NodeWorker | null = null;
  #listener: ((hog: Hog) => void) | null = null;
  /** Settles when it watches. */
  started: Promise<void> = Promise.resolve();

  /** How often it has preempted a goroutine. */
  get preemptions(): number {
    return Atomics.load(this.#control, 1);
  }

  start(preempt: boolean, report: boolean | ((hog: Hog) => void), tick: number = TICK): void {
    if (this.#worker !== null) throw new ArgumentError("threads: the monitor runs already");
    const { Worker } = (builtin("node:worker_threads") ?? {}) as {
      readonly Worker?: new (url: URL, options: object) => NodeWorker;
    };
    const file = built("threads/sysmon.js");
    if (Worker === undefined || file === null) {
      const option = preempt ? "preempt" : "sysmon";
      throw new ArgumentError(`threads: ${option} works in Node only, where the library is not in a bundle`);
    }
    this.#control = new Int32Array(new SharedArrayBuffer(8));
    isolate.open();
    allowPreemption();
    noteThread();
    this.#listener = typeof report === "function" ? report : null;
    const data: MonitorData = {
      buffer: memory.u8.buffer,
      control: this.#control,
      preempt,
      findings: this.#listener !== null,
      print: report === true,
      tick,
      root: String(here()).replace(/\/(dist|src)\/(?!.*\/(dist|src)\/).*$/, "/$1/"),
    };
    const worker = new Worker(file, { workerData: { [MONITOR]: data }, execArgv: [] });
    this.#worker = worker;
    this.started = new Promise((resolve) => {
      worker.on("message", (message) => {
        if (message === "ready") resolve();
        else this.#listener?.(message as Hog);
      });
    });
    worker.on("error", () => {
      this.#worker = null;
    });
    // Only now: to listen for its messages holds the process open again.
    worker.unref();
    // A process that is inspected says so when it ends, and waits.
    onExit(() => this.#letGo());
  }

  /** Tells it to let go of the process, and waits for that. */
  #letGo(): void {
    if (this.#worker === null) return;
    Atomics.store(this.#control, 0, 1);
    // Inside a pause the inspector can't let go, and what the host has to say about that is of no use to anyone.
    if (m.nested) (builtin("node:fs") as { closeSync(fd: number): void }).closeSync(2);
    else Atomics.wait(this.#control, 0, 1, PATIENCE);
  }
}

/** The program's monitor. */
export const monitor: Monitor = once("monitor", () => new Monitor());
