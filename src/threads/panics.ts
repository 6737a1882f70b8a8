/** A panic on another thread than its run's main: it travels there, and ends the run as a panic does. */
import { inspect, uncaught } from "../runtime/host.ts";
import type { Outcome } from "../runtime/options.ts";
import { panicTrace } from "../runtime/run.ts";
import { memory } from "./memory.ts";
import { homeOf, runAt } from "./sharedrun.ts";
import { onTold, tell } from "./tell.ts";

const PANIC = "panic";

interface Told {
  readonly run: number;
  readonly error: unknown;
  readonly trace?: string;
}

/** This thread's part of a run has ended. */
export function panicked(run: number, outcome: Outcome): void {
  if (outcome.ok) return;
  const { error, g } = outcome;
  const trace = g === null ? undefined : panicTrace(error, g, `, thread ${memory.self}`);
  const told = { run, ...(trace !== undefined && { trace }) };
  const home = homeOf(run);
  try {
    tell(home, PANIC, { ...told, error });
  } catch {
    tell(home, PANIC, { ...told, error: standIn(error) });
  }
}

/** What is told of something thrown that can't travel. */
function standIn(error: unknown): unknown {
  if (!(error instanceof Error)) return new Error(inspect(error));
  const copy = new Error(error.message);
  copy.name = error.name;
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}

onTold(PANIC, (value) => {
  const { run, error, trace } = value as Told;
  const p = runAt(run);
  if (p === undefined) return;
  p.finish({ ok: false, error, g: null, ...(trace !== undefined && { trace }) });
  // The default run does not end: it is the host's uncaught exception.
  if (!p.over) uncaught(error);
});
