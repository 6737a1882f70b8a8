/**
 * The watchdog's thread. It hears each guarded signal itself, asks the main thread for a sign of life, and if there is none
 * in time, calls `unheard` there (runtime/signals.ts) through the inspector: on top of whatever runs, even a wait.
 *
 * Node delivers signals to listeners of the first thread only; what its event loops are built on delivers them to each loop
 * that asks. The class that asks is the one behind `process.on`, which a worker reaches with `--expose-internals` alone.
 * Rejected: `vm` with `breakOnSigint`, the one public way, knows SIGINT only and takes it from everyone else.
 *
 * Invariant: it listens for a signal while one of the main thread's listeners guards it. A signal that comes when that is
 * over already goes back to the host.
 */
import { Session } from "node:inspector";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { Signal } from "../../runtime/host.ts";
import { ANSWERED, GUARDED, RECEIVED, type ToWatchdog, UNHEARD, type WatchdogData } from "../../runtime/watchdog.ts";

/** A listener of this thread's event loop, as Node has it inside. */
interface Handle {
  onsignal: (n: number) => void;
  start(n: number): number;
  close(): void;
}

interface Internals {
  internalBinding(name: "signal_wrap"): { readonly Signal: new () => Handle };
}

/** How long the main thread has to answer the inspector, in milliseconds. */
const LAST_PATIENCE = 2000;

const { words, patience } = workerData as WatchdogData;
const names = new Map(Object.entries(constants.signals).map(([name, n]) => [n as number, name as Signal]));
const handles = new Map<number, Handle>();
/** How often in a row each signal was not heard. */
const missed = new Map<number, number>();
let questions = 0;

// They are for Node's own tests, and say so.
process.emitWarning = () => {};
const { Signal: SignalHandle } = (createRequire(import.meta.url)("internal/test/binding") as Internals).internalBinding(
  "signal_wrap",
);

function guarded(n: number): boolean {
  return Atomics.load(words, GUARDED + n) > 0;
}

/** Listens for what is guarded, and for nothing else. */
function look(): void {
  for (const n of names.keys()) {
    const handle = handles.get(n);
    if (guarded(n) === (handle !== undefined)) continue;
    if (handle === undefined) listen(n);
    else close(n, handle);
  }
}

function listen(n: number): void {
  const handle = new SignalHandle();
  handle.onsignal = heard;
  handle.start(n);
  handles.set(n, handle);
}

function close(n: number, handle: Handle): void {
  handle.close();
  handles.delete(n);
}

function heard(n: number): void {
  if (!guarded(n)) {
    giveBack(n);
    return;
  }
  Atomics.add(words, RECEIVED + n, 1);
  const question = ++questions;
  parentPort?.postMessage(question);
  setTimeout(() => {
    if (Atomics.load(words, ANSWERED) >= question) missed.delete(n);
    else void unheard(n);
  }, patience);
}

/** The host's again: it does now what it does by itself. */
function giveBack(n: number): void {
  look();
  process.kill(process.pid, names.get(n));
}

async function unheard(n: number): Promise<void> {
  const times = (missed.get(n) ?? 0) + 1;
  missed.set(n, times);
  // In code that JavaScript can't interrupt, nothing else ends the process.
  const giveUp = setTimeout(() => process.kill(process.pid, "SIGKILL"), LAST_PATIENCE);
  const session = new Session();
  session.connectToMainThread();
  const args = JSON.stringify([names.get(n), times]);
  // With this name its frame counts as the host's in a stack.
  const expression = `globalThis[Symbol.for(${JSON.stringify(UNHEARD)})](...${args}) //# sourceURL=node:watchdog`;
  await new Promise<void>((resolve) => session.post("Runtime.evaluate", { expression }, () => resolve()));
  // The process goes on.
  clearTimeout(giveUp);
  session.disconnect();
  if (!guarded(n)) giveBack(n);
}

function leave(): void {
  for (const [n, handle] of handles) close(n, handle);
  parentPort?.close();
}

parentPort?.on("message", (message: ToWatchdog) => {
  if (message === "look") look();
  else if (message === "leave") leave();
  else giveBack(message);
});
look();
// The first question: it says that signals are heard from now on.
parentPort?.postMessage(questions);
