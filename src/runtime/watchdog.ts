/**
 * The watchdog, as seen from the thread that it watches: a thread of its own (threads/sysmon/watchdog.ts) that gets the
 * same signals and asks, each time, whether the main thread still comes to its event loop.
 *
 * It exists while a signal is guarded, holds no process open, and sleeps until a signal comes. Both sides share a few words
 * of memory: how many listeners a signal has here, how often it came, and the latest question that was answered.
 *
 * A signal that comes while it starts, in the first tens of milliseconds, it does not know of: a thread that is busy all the
 * time from then on hears the next one.
 *
 * Rejected: a heartbeat that the watchdog reads, which costs both threads a timer for as long as the program runs; leaving
 * the signals to the host while the thread is busy, which would end the process without a word of where it stood.
 */
import { built } from "./built.ts";
import { once } from "./copies.ts";
import { builtin, raise, type Signal, signalNumber } from "./host.ts";

/** How long the main thread has to hear a signal, in milliseconds. */
export const PATIENCE = 1000;

/** Under this name the watchdog calls the main thread. */
export const UNHEARD = "millrace unheard signal";

/** Signals have numbers below this. */
const SIGNALS = 65;
/** Where in the shared words the counts begin, by the number of a signal, and where the answer is. */
export const GUARDED = 0;
export const RECEIVED: number = SIGNALS;
export const ANSWERED: number = 2 * SIGNALS;

export interface WatchdogData {
  readonly words: Int32Array;
  readonly patience: number;
}

/** What the watchdog is told: to look which signals are guarded, to go, or the number of a signal to send to the process. */
export type ToWatchdog = "look" | "leave" | number;

type Unheard = (signal: Signal, times: number) => void;

interface NodeWorker {
  on(event: "message", listener: (question: number) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  postMessage(message: ToWatchdog): void;
  ref(): void;
  unref(): void;
}

class Watchdog {
  readonly #words = new Int32Array(new SharedArrayBuffer(4 * (ANSWERED + 1)));
  #worker: NodeWorker | null = null;
  #guarded = 0;
  #ready: Promise<void> = Promise.resolve();

  /** Watches the signal with number `n` until the function it gives is called. `unheard` is called if it is not heard. */
  guard(n: number, unheard: Unheard): () => void {
    Atomics.add(this.#words, GUARDED + n, 1);
    if (this.#guarded++ === 0) this.#start(unheard);
    else this.#worker?.postMessage("look");
    let released = false;
    return () => {
      if (released) return;
      released = true;
      Atomics.sub(this.#words, GUARDED + n, 1);
      if (--this.#guarded === 0) this.dismiss();
      else this.#worker?.postMessage("look");
    };
  }

  /** Waits until it hears signals, or has failed to start. */
  async started(): Promise<void> {
    this.#worker?.ref();
    await this.#ready;
    this.#worker?.unref();
  }

  /**
   * Stops guarding a signal with `stop`, and sends it to the process. The watchdog does that, once it does not listen for it
   * any more: a signal that came just then would be lost with its listening.
   */
  handBack(signal: Signal, stop: () => void): void {
    this.#guarded++; // so that the watchdog stays
    stop();
    this.#guarded--;
    const n = signalNumber(signal);
    if (this.#worker === null || n === undefined) raise(signal);
    else this.#worker.postMessage(n);
  }

  /** Sends it away. */
  dismiss(): void {
    this.#worker?.postMessage("leave");
    this.#worker = null;
  }

  received(n: number): number {
    return Atomics.load(this.#words, RECEIVED + n);
  }

  #start(unheard: Unheard): void {
    const threads = builtin("node:worker_threads") as
      | { readonly Worker: new (file: URL, options: object) => NodeWorker }
      | undefined;
    const file = built("threads/watchdog.js");
    if (threads === undefined || file === null) return;
    Object.defineProperty(globalThis, Symbol.for(UNHEARD), { value: unheard, configurable: true });
    const words = this.#words;
    let worker: NodeWorker;
    try {
      worker = new threads.Worker(file, {
        name: "millrace watchdog",
        workerData: { words, patience: PATIENCE } satisfies WatchdogData,
        // Node lets no other thread than the first listen for signals, except through what it keeps for its own tests.
        execArgv: ["--expose-internals"],
        // What the program is started with (NODE_OPTIONS) is not for this thread.
        env: {},
        resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
      });
    } catch {
      return; // The host allows no threads.
    }
    this.#ready = new Promise((resolve) => {
      worker.on("message", (question) => {
        Atomics.store(words, ANSWERED, question);
        resolve();
      });
      // Without it signals are heard all the same, as soon as this thread has time.
      worker.on("error", () => {
        if (this.#worker === worker) this.#worker = null;
        resolve();
      });
    });
    // Only now: to listen for its messages holds the process open again.
    worker.unref();
    this.#worker = worker;
  }
}

/** The process's watchdog. */
export function watchdog(): Watchdog {
  return once("watchdog", () => new Watchdog());
}
