/** Looking on when the process gets a signal, without changing what that does. */
import type { Signal } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import { LOOKS_ON, onSignal } from "../runtime/signals.ts";
import { watchdog } from "../runtime/watchdog.ts";

/** The signals that end a program which does not listen for them. */
export const SIGNALS: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** Calls `fn` when the process gets one, with the number of listeners that it is for; what the signal does stays the same. */
export function observeSignals(fn: (signal: Signal, listeners: number) => void): void {
  for (const signal of SIGNALS) {
    const stop = onSignal(signal, LOOKS_ON, (listeners) => {
      fn(signal, listeners);
      // In a busy program the watchdog has called this, and ends the process itself.
      if (listeners > 0 || m.nested) return;
      // To listen has switched off what the host does by itself.
      watchdog().handBack(signal, stop);
    });
  }
}
