/**
 * The flight recorder (Go's `trace.FlightRecorder`): the last seconds of a program, kept in memory until somebody wants
 * them, mostly because something went wrong.
 *
 * Invariant: the chunks are in order of time, and `#before` is what had happened before the first of them.
 */
import { checkOptions, positive } from "../runtime/args.ts";
import { listen } from "../runtime/events.ts";
import { monotonic } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import { ChromeTrace } from "./chrome.ts";
import { Chunk } from "./chunk.ts";
import { Timeline } from "./timeline.ts";

/** Options of a `FlightRecorder`. */
export interface FlightRecorderOptions {
  /** How far back it looks at least, in milliseconds, if `maxBytes` allows; 10,000 by default. */
  readonly minAge?: number | undefined;
  /** How much memory it may use, in bytes; 64 MiB by default, which is a million events. It comes before `minAge`. */
  readonly maxBytes?: number | undefined;
}

/**
 * Keeps the last stretch of what the runtime does, to be written out when it is wanted.
 * Source: https://pkg.go.dev/runtime/trace#FlightRecorder
 *
 * @example
 * ```ts
 * import { chan, run } from "millrace";
 * import { FlightRecorder } from "millrace/trace";
 * const recorder = new FlightRecorder({ minAge: 5_000 });
 * recorder.start();
 * const stuck = run(function* () {
 *   yield* chan<number>(1, { name: "jobs" }).send(1);
 *   throw new Error("something is wrong");
 * });
 * await stuck.catch(() => {
 *   let trace = "";
 *   recorder.writeTo((text) => { trace += text; });
 *   console.log(trace.includes("something is wrong")); // true
 * });
 * recorder.stop();
 * ```
 */
export class FlightRecorder implements Disposable {
  readonly #minAge: number;
  readonly #maxChunks: number;
  #chunks: Chunk[] = [];
  #before = new Timeline();
  #started = 0;
  #stop: (() => void) | null = null;

  /**
   * Makes one that does not record yet.
   * Source: https://pkg.go.dev/runtime/trace#NewFlightRecorder
   *
   * @param options `minAge`, how many milliseconds to look back (10,000); `maxBytes`, of memory to use (64 MiB)
   * @throws ArgumentError when one of them is not positive
   */
  constructor(options: FlightRecorderOptions = {}) {
    checkOptions("new FlightRecorder", options, "minAge, maxBytes");
    const { minAge = 10_000, maxBytes = 64 * 2 ** 20 } = options;
    positive("new FlightRecorder: minAge", minAge);
    positive("new FlightRecorder: maxBytes", maxBytes);
    this.#minAge = minAge;
    this.#maxChunks = Math.max(2, Math.floor(maxBytes / Chunk.bytes));
  }

  /** Whether it records. */
  get enabled(): boolean {
    return this.#stop !== null;
  }

  /** Begins to record. Does nothing if it does already. */
  start(): void {
    if (this.#stop !== null) return;
    this.#started = monotonic();
    this.#chunks = [new Chunk()];
    this.#before = new Timeline();
    this.#before.met(m.runs);
    this.#stop = listen((event) => {
      let chunk = this.#chunks[this.#chunks.length - 1] as Chunk;
      if (chunk.full) {
        chunk = this.#next();
        this.#chunks.push(chunk);
      }
      chunk.push(event, monotonic());
    });
  }

  /** A chunk to go on with: the oldest one, if nobody needs it any more. */
  #next(): Chunk {
    let free: Chunk | null = null;
    while (this.#isOld(this.#chunks[0] as Chunk)) {
      free = this.#chunks.shift() as Chunk;
      free.read(this.#before.take);
      free.clear();
    }
    return free ?? new Chunk();
  }

  #isOld(chunk: Chunk): boolean {
    return this.#chunks.length >= this.#maxChunks || chunk.end < monotonic() - this.#minAge;
  }

  /** Stops recording and forgets what there is. */
  stop(): void {
    this.#stop?.();
    this.#stop = null;
    this.#chunks = [];
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /**
   * Writes what there is, as a trace that Perfetto and Chrome open; the recording goes on. Never blocks.
   *
   * @param write called with each piece of the text, in order
   * @throws Error when it does not record
   */
  writeTo(write: (text: string) => void): void {
    if (this.#stop === null) throw new Error("FlightRecorder.writeTo: it was not started");
    const timeline = this.#before.fork();
    const out = new ChromeTrace(write, this.#started);
    timeline.tell(out);
    for (const chunk of this.#chunks) chunk.read(timeline.take);
    timeline.end(monotonic());
    out.end("the last stretch");
  }
}
