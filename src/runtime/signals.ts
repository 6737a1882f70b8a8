/**
 * The library's listeners for signals of the process.
 *
 * A signal is for the listeners of the highest rank; the others leave it to them. So `main` ends the program on SIGINT
 * unless the program or a context listens for it, and a recorder notes each signal without changing what it does.
 *
 * Invariant: to listen switches off what the host does by itself, which ends even a busy process. So while one of these
 * listeners is there, so is the watchdog (watchdog.ts), which finds out that a signal is not heard.
 */
import {
  closeError,
  exitNow,
  hasSignals,
  listenForSignal,
  onExit,
  type Signal,
  signalListeners,
  signalNumber,
  unlistenSignal,
  writeError,
} from "./host.ts";
import { m } from "./m.ts";
import { runningStack } from "./traceback.ts";
import { PATIENCE, watchdog } from "./watchdog.ts";

/** What a listener does with a signal. Each kind leaves it to those with a higher number. */
export type Rank = typeof LOOKS_ON | typeof ENDS | typeof TAKES;
/** It does what the host would do, and something before that. */
export const LOOKS_ON = 0;
/** It ends the program. */
export const ENDS = 1;
/** It tells the program, once. */
export const TAKES = 2;
/** A listener that is not the library's. */
const PROGRAM = 3;

/** Where a listener keeps its rank. Copies of the library know each other's. */
const RANK: unique symbol = Symbol.for("millrace signal rank") as never;

function rankOf(listener: object): Rank | typeof PROGRAM {
  return (listener as { readonly [RANK]?: Rank })[RANK] ?? PROGRAM;
}

/**
 * Calls `fn` each time the process gets `signal`, with the number of listeners of a higher rank. Gives a function that
 * ends that. Without a process, and on its other threads, there are no signals.
 */
export function onSignal(signal: Signal, rank: Rank, fn: (others: number) => void): () => void {
  if (!hasSignals()) return () => {};
  const listener = (): void => fn(signalListeners(signal).filter((each) => rankOf(each) > rank).length);
  const stop = listenForSignal(signal, Object.assign(listener, { [RANK]: rank }));
  const release = watchdog().guard(signalNumber(signal) ?? 0, unheard);
  return () => {
    stop();
    release();
  };
}

/** From now on `signals` end the process at once, also while it can't run any JavaScript. */
export function leaveToHost(signals: readonly Signal[]): void {
  for (const signal of signals) unlistenSignal(signal);
  watchdog().dismiss();
}

/** How often the watchdog has seen the process get `signal`: also while this thread was too busy to hear it. */
export function received(signal: Signal): number {
  return hasSignals() ? watchdog().received(signalNumber(signal) ?? 0) : 0;
}

/**
 * This thread has not come back to its event loop since it got `signal`, for the `times`th time in a row. The watchdog calls
 * this on top of whatever runs here.
 *
 * A signal that a listener of the program waits for stays with the program, and a context gets a second chance: with the
 * next signal the host would end the process. Otherwise the process ends, in the way it would have ended by itself.
 */
function unheard(signal: Signal, times: number): void {
  const listeners = signalListeners(signal);
  const highest = Math.max(...listeners.map(rankOf));
  const left = highest === PROGRAM || (highest === TAKES && times === 1);
  const g = m.curg;
  const who = g === null ? "the main thread" : `goroutine ${g.id} (${g.name})`;
  const next = left && highest === TAKES ? `; the next ${signal} ends the process` : "";
  const waited = `${signal} has waited ${PATIENCE / 1000} s for ${who}, which does not yield${next}`;
  writeError(`millrace: ${waited}:\n${runningStack(g)}\n\n`);
  if (left) return;
  // The watchdog stays attached to the end, and the host would say that it waits for a debugger.
  onExit(closeError);
  m.nest(() => {
    for (const listener of listeners) if (rankOf(listener) < TAKES) listener();
    exitNow(128 + (signalNumber(signal) ?? 0));
  });
}
