/**
 * The trace format of Chrome, which Perfetto (https://ui.perfetto.dev) and chrome://tracing open: a run is a process, a
 * goroutine a thread in it.
 *
 * Invariant: what was written is a whole trace once `end` has been called. It is an array of objects, one a line, which
 * may be cut off after any line and can still be read, as the format allows.
 *
 * Source: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
import type { Point, Sink } from "./timeline.ts";

/** Takes a piece of the text that a trace is. */
export type Write = (text: string) => void;

export class ChromeTrace implements Sink {
  /** Characters written so far. */
  written = 0;
  readonly #write: Write;
  readonly #origin: number;
  #lines: string[] = [];
  #ids = 0;

  /** `origin` is time 0, in milliseconds of the monotonic clock. */
  constructor(write: Write, origin: number) {
    this.#write = write;
    this.#origin = origin;
    this.#put("[");
  }

  #put(text: string): void {
    this.written += text.length;
    this.#write(text);
  }

  /** Microseconds, which is what the format counts in. */
  #us(time: number): number {
    return Math.round((time - this.#origin) * 1e6) / 1e3;
  }

  #line(text: string): void {
    this.#lines.push(text);
    if (this.#lines.length >= 1000) this.flush();
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    // A comma after each: the last line of the trace is one without.
    this.#put(`\n${this.#lines.join(",\n")},`);
    this.#lines = [];
  }

  /** Ends the text, with `note` as its last word on how the recording ended. */
  end(note: string): void {
    this.flush();
    this.#put(`\n{"ph":"M","pid":0,"name":"millrace","args":{"note":${JSON.stringify(note)}}}\n]\n`);
  }

  run(run: number, name: string): void {
    const shown = name === "" ? `run ${run}` : name;
    this.#line(`{"ph":"M","pid":${run},"name":"process_name","args":{"name":${JSON.stringify(shown)}}}`);
  }

  goroutine(run: number, g: number, name: string): void {
    const shown = name === "" ? `goroutine ${g}` : `${g} ${name}`;
    this.#line(`{"ph":"M","pid":${run},"tid":${g},"name":"thread_name","args":{"name":${JSON.stringify(shown)}}}`);
  }

  span(kind: string, name: string, { run, g, time }: Point, end: number): void {
    const ts = this.#us(time);
    const dur = Math.round((this.#us(end) - ts) * 1e3) / 1e3;
    this.#line(
      `{"ph":"X","pid":${run},"tid":${g},"ts":${ts},"dur":${dur},"cat":"${kind}","name":${JSON.stringify(name)}}`,
    );
  }

  overlay(kind: string, name: string, { run, g, time }: Point, end: number): void {
    const shown = JSON.stringify(name);
    const same = `"pid":${run},"tid":${g},"cat":"${kind}","id":${++this.#ids},"name":${shown}`;
    this.#line(`{"ph":"b",${same},"ts":${this.#us(time)},"args":{"goroutine":${g}}}`);
    this.#line(`{"ph":"e",${same},"ts":${this.#us(end)}}`);
  }

  arrow(kind: string, name: string, from: Point, to: Point): void {
    const same = `"cat":"${kind}","id":${++this.#ids},"name":${JSON.stringify(name)}`;
    this.#line(`{"ph":"s","pid":${from.run},"tid":${from.g},"ts":${this.#us(from.time)},${same}}`);
    this.#line(`{"ph":"f","bp":"e","pid":${to.run},"tid":${to.g},"ts":${this.#us(to.time)},${same}}`);
  }

  instant(kind: string, name: string, { run, g, time }: Point): void {
    this.#line(
      `{"ph":"i","s":"t","pid":${run},"tid":${g},"ts":${this.#us(time)},"cat":"${kind}","name":${JSON.stringify(name)}}`,
    );
  }

  counter(run: number, name: string, time: number, value: number): void {
    this.#line(
      `{"ph":"C","pid":${run},"ts":${this.#us(time)},"name":${JSON.stringify(name)},"args":{"value":${value}}}`,
    );
  }
}
