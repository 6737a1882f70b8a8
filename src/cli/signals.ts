/** Looking on when the process gets a signal, without changing what that does. */
import { ONLOOKER } from "../runtime/host.ts";

/** The signals that end a program which does not listen for them. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Calls `fn` when the process gets one, with the number of the program's listeners; what the signal does stays the same. */
export function observeSignals(fn: (signal: string, listeners: number) => void): void {
  for (const signal of SIGNALS) {
    const listener = (): void => {
      const listeners = process.listeners(signal).filter((each) => !(ONLOOKER in each)).length;
      fn(signal, listeners);
      if (listeners > 0) return;
      // To listen has switched off what the host does by itself.
      process.off(signal, listener);
      process.kill(process.pid, signal);
    };
    process.on(signal, Object.assign(listener, { [ONLOOKER]: true }));
  }
}

/** From now on a signal ends the process at once, also while it can't run any JavaScript. */
export function leaveSignalsToHost(): void {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
}
