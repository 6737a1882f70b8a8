/**
 * The monitor (Go's `sysmon`): a thread that runs no goroutines and looks every 10 ms whether the others get on. One that
 * has run goroutines for 10 ms without coming to its scheduler is hogged: it is stopped through the inspector, for a
 * millisecond, to see who it is and where, or, with `preempt`, to run the others on top (preempt.ts).
 *
 * Invariants: a thread is stopped once at a time, and is not stopped again before it has said that it goes on, because
 * then it would never say anything again; a thread that got on by itself meanwhile is let go at once.
 *
 * Where it may be preempted: all frames from the top to the scheduler are the program's. Then neither the library nor the
 * host stands in the middle of something. A function of the program's that the library has called (`withLock(fn)`) is not
 * such a place, and neither is the inside of `console.log`.
 */
import { writeSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { HEARTBEAT, INBOX, ISOLATES, STATE, THREAD_ID } from "../memory/layout.ts";
import { LIVE, recordOf } from "../memory/record.ts";
import { type Frame, type Inspected, Inspector } from "./inspected.ts";
import { findingText, type Hog, MONITOR, type MonitorData } from "./monitor.ts";
import { PREEMPT, type Ran, type Stopped } from "./preempt.ts";

/** How soon to try again where it could not be preempted. */
const RETRY = 1;
/** From here on it is said aloud, and each time it is twice as long. */
const LONG = 1000;

const { buffer, control, preempt, findings, print, root, tick } = (workerData as { readonly [MONITOR]: MonitorData })[
  MONITOR
];
const i32 = new Int32Array(buffer);
/** Words of `control`: 1 when it is to stop, then 2 when it has; how often it has preempted. */
const STOP = 0;
const COUNT = 1;

/** What the monitor knows of an isolate. */
class Watched {
  readonly record: number;
  readonly isolate: number;
  beat = 0;
  /** When it was last seen to get on. */
  since = 0;
  /** When it is to be preempted next. */
  due = 0;
  /** From when on it is hogged by the same goroutine; how long that was when it was told last. */
  hogged = 0;
  told = 0;
  stopping = false;
  thread: Inspected | null = null;

  constructor(isolate: number) {
    this.isolate = isolate;
    this.record = recordOf(isolate);
  }

  get now(): number {
    return Atomics.load(i32, this.record + HEARTBEAT);
  }

  /** Looks at it; says whether it is to be stopped. */
  look(now: number): boolean {
    const { now: beat } = this;
    if (beat !== this.beat || (beat & 1) === 0 || Atomics.load(i32, this.record + STATE) !== LIVE) {
      this.beat = beat;
      this.since = this.hogged = this.due = now;
      this.told = 0;
      return false;
    }
    if (this.stopping || now - this.since < tick) return false;
    if (preempt && (now >= this.due || Atomics.load(i32, this.record + INBOX) !== 0)) return true;
    return this.news(now);
  }

  /** Whether there is something to tell. */
  news(now: number): boolean {
    const long = now - this.hogged;
    if (findings && this.told === 0) return true;
    return (findings || print) && long >= LONG && long >= 2 * this.told;
  }
}

const all: Watched[] = [];
const inspector = new Inspector((thread) => {
  thread.onPaused = (frames) => void stopped(thread, frames);
});

function watch(): void {
  if (Atomics.load(control, STOP) === 1) {
    leave();
    return;
  }
  const now = performance.now();
  const isolates = Atomics.load(i32, ISOLATES);
  while (all.length < isolates) all.push(new Watched(all.length));
  for (const each of all) {
    if (!each.look(now)) continue;
    each.thread = inspector.get(Atomics.load(i32, each.record + THREAD_ID) - 1) ?? null;
    if (each.thread === null) continue;
    each.stopping = true;
    each.thread.post("Debugger.pause").catch(() => {
      each.stopping = false;
    });
  }
}

/** A thread stands still. */
async function stopped(thread: Inspected, frames: readonly Frame[]): Promise<void> {
  const each = all.find((one) => one.thread === thread && one.stopping);
  const [top] = frames;
  try {
    if (each !== undefined && top !== undefined && each.now === each.beat) await use(each, thread, top, frames);
  } catch (error) {
    // The thread went away meanwhile.
    void error;
  }
  const resumed = new Promise<void>((resolve) => {
    thread.onResumed = resolve;
  });
  await thread.post("Debugger.resume").catch(() => {});
  await resumed;
  if (each !== undefined) each.stopping = false;
}

async function use(each: Watched, thread: Inspected, top: Frame, frames: readonly Frame[]): Promise<void> {
  const now = performance.now();
  if (each.news(now)) {
    const who = JSON.parse(await thread.ask(top, `${ASK}.who()`)) as Stopped | null;
    if (who !== null) {
      const ms = Math.round(now - each.hogged);
      const finding: Hog = { thread: each.isolate, id: who.id, name: who.name, ms, stack: stackOf(thread, frames) };
      each.told = Math.max(1, now - each.hogged);
      if (findings) parentPort?.postMessage(finding);
      if (print && ms >= LONG) writeSync(2, `${findingText(finding)}\n\n`);
    }
  }
  if (!preempt) return;
  if (!isSafe(thread, frames)) {
    each.due = now + RETRY;
    setTimeout(watch, RETRY);
    return;
  }
  Atomics.add(control, COUNT, 1);
  const ran = JSON.parse(await thread.ask(top, `${ASK}.run(${tick})`)) as Ran | null;
  each.due = performance.now() + Math.max(tick, ran === null || ran.left ? 0 : ran.next);
}

const ASK = `globalThis[Symbol.for(${JSON.stringify(PREEMPT)})]`;

/** Whether all frames from the top to the scheduler's are the program's. */
function isSafe(thread: Inspected, frames: readonly Frame[]): boolean {
  const foreign = frames.map((frame) => isForeign(urlOf(thread, frame)));
  const first = foreign.indexOf(true);
  return first > 0 && !foreign.includes(false, first);
}

function urlOf(thread: Inspected, { location }: Frame): string {
  return thread.scripts.get(location.scriptId)?.url ?? "";
}

/** Whether a file is the library's or the host's, or not known. */
function isForeign(url: string): boolean {
  return url === "" || url.startsWith("node:") || url.startsWith(root);
}

/** The frames as a dump shows them, down to the scheduler. */
function stackOf(thread: Inspected, frames: readonly Frame[]): string {
  const urls = frames.map((frame) => urlOf(thread, frame));
  const end = urls.findIndex((url, i) => url.startsWith(root) && urls.slice(i).every(isForeign));
  const shown = end > 0 ? frames.slice(0, end) : frames;
  return shown.map((frame) => `${frame.functionName || "<anonymous>"}(...)\n\t${placeOf(thread, frame)}`).join("\n");
}

/** Where a frame stands, in the source where that is known. */
function placeOf(thread: Inspected, { location }: Frame): string {
  const { url = "", sourceMapURL = "" } = thread.scripts.get(location.scriptId) ?? {};
  const { lineNumber, columnNumber = 0 } = location;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(sourceMapURL)?.[1];
  if (inline !== undefined) {
    const map = new SourceMap(JSON.parse(Buffer.from(inline, "base64").toString()) as SourceMapPayload);
    const entry = map.findEntry(lineNumber, columnNumber);
    if ("originalLine" in entry) return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
  return `${path}:${lineNumber + 1}:${columnNumber + 1}`;
}

function leave(): void {
  clearInterval(ticker);
  inspector.disconnect();
  Atomics.store(control, STOP, 2);
  Atomics.notify(control, STOP);
}

const ticker = setInterval(watch, tick);
await inspector.connect();
parentPort?.postMessage("ready");
