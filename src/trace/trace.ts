/**
 * Recording a program (Go's `runtime/trace`): `start`, `stop`, and what a program says of itself meanwhile.
 *
 * The listener only copies numbers; a chunk of them becomes text when it is full. While nothing records, a region costs
 * one null check at each end.
 */
import { checkOptions, positive, unexpected } from "../runtime/args.ts";
import { emit, listen, tap, at as where } from "../runtime/events.ts";
import { monotonic } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import { show } from "../runtime/panic.ts";
import { ChromeTrace, type Write } from "./chrome.ts";
import { Lanes } from "./lanes.ts";
import type { Sink } from "./timeline.ts";

/** Options of `start`. */
export interface TraceOptions {
  /** The recording ends by itself when it is about this long, in characters; 256 Mi by default. */
  readonly maxBytes?: number | undefined;
}

const MAX_BYTES = 256 * 2 ** 20;

/** Counters are a thread's: two that have one name would be one. */
function onThread(out: ChromeTrace, thread: number): Sink {
  return {
    run: () => {},
    goroutine: (run, g, name) => out.goroutine(run, g, name),
    span: (kind, name, from, end) => out.span(kind, name, from, end),
    overlay: (kind, name, from, end) => out.overlay(kind, name, from, end),
    arrow: (kind, name, from, to) => out.arrow(kind, name, from, to),
    instant: (kind, name, at) => out.instant(kind, name, at),
    counter: (run, name, time, value) => out.counter(run, `${name}, thread ${thread}`, time, value),
  };
}

class Recording {
  readonly #maxBytes: number;
  readonly #start: number = monotonic();
  readonly #out: ChromeTrace;
  readonly #lanes: Lanes;
  readonly #stopListening: () => void;
  #note: string | null = null;

  constructor(write: Write, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#out = new ChromeTrace(write, this.#start);
    this.#lanes = new Lanes((thread) => (thread === 0 ? this.#out : onThread(this.#out, thread)));
    this.#stopListening = listen(
      (event) => {
        if (this.#lanes.push(event)) this.#guard(() => this.#writeOut());
      },
      { threads: true },
    );
  }

  #writeOut(): void {
    this.#lanes.read();
    this.#out.flush();
    if (this.#out.written < this.#maxBytes) return;
    this.#finish(`the recording reached its limit after ${Math.round(monotonic() - this.#start)} ms`);
  }

  #finish(note: string): void {
    this.#end(note);
    this.#lanes.end(monotonic());
    this.#out.end(note);
  }

  #end(note: string): void {
    this.#note = note;
    this.#stopListening();
  }

  /** Does what writes. The writer is the program's: what it throws ends the recording, not the program. */
  #guard(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#end(`the writer threw: ${error instanceof Error ? error.message : show(error)}`);
    }
  }

  /** Ends the recording; says how it ended. */
  stop(): string {
    if (this.#note === null) {
      this.#guard(() => {
        this.#lanes.read();
        this.#finish("complete");
      });
    }
    return this.#note ?? "";
  }
}

let recording: Recording | null = null;

/**
 * Begins to record what the runtime does, as a trace that Perfetto and Chrome open.
 *
 * Goroutines are tracks with what they do and what they wait for, arrows go from senders to receivers, counters show run
 * queues and channels. Never blocks.
 * Source: https://pkg.go.dev/runtime/trace#Start
 *
 * @param write called with each piece of the text, in order; what it throws ends the recording
 * @param options `maxBytes`, when to stop by itself, in characters of the trace (256 Mi)
 * @throws Error when a recording is under way
 *
 * @example
 * ```ts
 * import { chan, go, run } from "millrace";
 * import { start, stop } from "millrace/trace";
 * const pieces: string[] = [];
 * start((text) => pieces.push(text));
 * await run(function* () {
 *   const ch = chan<number>(0, { name: "answers" });
 *   go(function* worker() { yield* ch.send(42); });
 *   yield* ch.recv();
 * });
 * stop();
 * const events = JSON.parse(pieces.join("")) as { name: string }[];
 * console.log(events.some((event) => event.name === "chan receive answers")); // true
 * ```
 */
export function start(write: (text: string) => void, options: TraceOptions = {}): void {
  if (typeof write !== "function") throw unexpected("trace.start", "a function that writes", write);
  checkOptions("trace.start", options, "maxBytes");
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  positive("trace.start: maxBytes", maxBytes);
  if (recording !== null) throw new Error("trace.start: a recording is under way");
  recording = new Recording(write, maxBytes);
}

/**
 * Ends the recording that `start` began and writes the rest of it. Does nothing if there is none. Never blocks.
 * Source: https://pkg.go.dev/runtime/trace#Stop
 *
 * @returns how the recording ended: "complete", that and when it reached its limit, what the writer threw; "" if there is none
 *
 * @example
 * ```ts
 * import { start, stop } from "millrace/trace";
 * start(() => {});
 * console.log(stop()); // complete
 * ```
 */
export function stop(): string {
  const ended = recording;
  recording = null;
  return ended?.stop() ?? "";
}

/**
 * Whether anybody records or watches, so that a program can leave out what only serves that.
 * Source: https://pkg.go.dev/runtime/trace#IsEnabled
 *
 * @example
 * ```ts
 * import { isEnabled, log } from "millrace/trace";
 * const rows = [1, 2, 3];
 * if (isEnabled()) log("rows", JSON.stringify(rows));
 * console.log(isEnabled()); // false
 * ```
 */
export function isEnabled(): boolean {
  return tap.listener !== null;
}

/**
 * Marks a stretch of what this goroutine does, from here to the end of the block. Never blocks.
 * Source: https://pkg.go.dev/runtime/trace#StartRegion
 *
 * @param name what it is called in the trace
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { sleep } from "millrace/time";
 * import { region } from "millrace/trace";
 * await run(function* () {
 *   using _ = region("warm up");
 *   yield* sleep(1);
 * });
 * ```
 */
export function region(name: string): Disposable {
  if (tap.listener === null) return NOTHING;
  const place = where(m.current());
  emit({ kind: "region-start", ...place, name });
  return { [Symbol.dispose]: () => emit({ kind: "region-end", ...place, name }) };
}

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/**
 * Writes a line at this moment of this goroutine. Never blocks.
 * Source: https://pkg.go.dev/runtime/trace#Log
 *
 * @param category what sort of message it is; may be empty
 * @param message the line
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { log } from "millrace/trace";
 * await run(function* () {
 *   log("cache", "cold");
 * });
 * ```
 */
export function log(category: string, message: string): void {
  if (tap.listener !== null) emit({ kind: "log", ...where(m.current()), category, message });
}
