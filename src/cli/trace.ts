/**
 * `millrace run --trace FILE` and `--flight DURATION`: the program is recorded from before its first line to its end.
 *
 * Files are written synchronously, because the last thing a program does may be `process.exit`.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { CommanderError } from "commander";
import { FlightRecorder } from "../trace/flight.ts";
import { start, stop } from "../trace/trace.ts";
import { observeSignals } from "./signals.ts";

/** A file that a trace goes to. What can't be written is said once, and the program goes on. */
class TraceFile {
  readonly #name: string;
  #fd: number | null;
  #bytes = 0;

  constructor(name: string) {
    this.#name = name;
    this.#fd = openSync(resolve(name), "w");
  }

  readonly write = (text: string): void => {
    if (this.#fd === null) return;
    try {
      this.#bytes += writeSync(this.#fd, text);
    } catch (error) {
      console.error(`millrace run: can't write the trace: ${(error as Error).message}`);
      this.close();
    }
  };

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** Closes it and says what is in it, unless it could not be written. */
  done(what: string): void {
    if (this.#fd === null) return;
    this.close();
    const size = this.#bytes < 1e6 ? `${Math.ceil(this.#bytes / 1e3)} kB` : `${(this.#bytes / 1e6).toFixed(1)} MB`;
    console.error(`millrace run: ${what} is in ${this.#name} (${size}); open it in https://ui.perfetto.dev`);
  }
}

function open(name: string): TraceFile {
  try {
    return new TraceFile(name);
  } catch (error) {
    console.error(`millrace run: can't write ${name}: ${(error as Error).message}`);
    throw new CommanderError(2, "millrace.trace", "can't write the trace");
  }
}

/** Records the whole program. */
export function recordAll(name: string): void {
  const file = open(name);
  start(file.write);
  process.on("exit", () => {
    const note = stop();
    file.done(note === "complete" ? "the trace" : `the trace (${note})`);
  });
  // Its end by a signal is no exit that anybody is told of.
  observeSignals((_, listeners) => {
    if (listeners > 0) return;
    stop();
    file.done("the trace");
  });
}

/** Keeps the last `minAge` milliseconds and writes them when the program fails or gets a signal. */
export function recordFlight(name: string | undefined, minAge: number): void {
  const recorder = new FlightRecorder({ minAge });
  recorder.start();
  let written = false;
  const write = (why: string): void => {
    if (written) return;
    written = true;
    const path = name ?? `millrace-flight-${process.pid}.json`;
    try {
      const file = new TraceFile(path);
      recorder.writeTo(file.write);
      file.done(`what led to ${why}`);
    } catch (error) {
      console.error(`millrace run: can't write ${path}: ${(error as Error).message}`);
    }
  };
  process.on("exit", (code) => {
    if (code !== 0) write(`exit code ${code}`);
  });
  observeSignals(write);
}
