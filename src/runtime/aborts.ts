/**
 * Waiting for a signal of the program's.
 *
 * Each signal has one listener while anything here waits for it, and none else. One, because Node warns of more than ten on
 * a signal, and a server waits for its shutdown in every request. None else, because a signal made by `AbortSignal.any` that
 * has a listener lives as long as the signals it was made of: a request's would stay until the shutdown.
 */

interface Listening {
  readonly waiting: Set<() => void>;
  readonly listener: () => void;
}

const signals = new WeakMap<AbortSignal, Listening>();

/** Calls `fn` when `signal`, which has not aborted yet, does. Gives what takes that back. */
export function onAbort(signal: AbortSignal, fn: () => void): () => void {
  const listening = signals.get(signal) ?? listen(signal);
  const each = (): void => fn(); // one that waits twice can leave once
  listening.waiting.add(each);
  return () => {
    if (listening.waiting.delete(each) && listening.waiting.size === 0) leave(signal, listening);
  };
}

function listen(signal: AbortSignal): Listening {
  const waiting = new Set<() => void>();
  const listening = {
    waiting,
    listener: () => {
      leave(signal, listening);
      const due = [...waiting];
      waiting.clear();
      for (const fn of due) fn();
    },
  };
  signals.set(signal, listening);
  signal.addEventListener("abort", listening.listener);
  return listening;
}

function leave(signal: AbortSignal, { listener }: Listening): void {
  signals.delete(signal);
  signal.removeEventListener("abort", listener);
}
