/** What a run's end is called: a deadlock, a leak, an exit of one of its goroutines. */
import { m } from "./m.ts";
import type { Outcome, RunOptions } from "./options.ts";
import { DeadlockError, LeakError } from "./panic.ts";
import type { P } from "./proc.ts";
import { Gwaiting } from "./status.ts";
import { formatAll, type GoroutineInfo } from "./traceback.ts";

/** Nothing can ever run again; `left` are the goroutines that wait, which are none after main's goexit. */
export function deadlock(left: readonly GoroutineInfo[]): DeadlockError {
  const headline =
    left.length === 0
      ? "no goroutines (main called runtime.Goexit) - deadlock!"
      : "all goroutines are asleep - deadlock!";
  return new DeadlockError(headline, left, formatAll(left));
}

/** Main has returned and `left` are still there: what the run's `leaks` option makes of that. */
export function checkLeaks(
  outcome: Outcome,
  leaks: RunOptions["leaks"],
  left: () => readonly GoroutineInfo[],
): Outcome {
  const unasked = leaks === undefined || leaks === "report";
  if (leaks === false || (unasked && m.leakWatchers.length === 0)) return outcome;
  const infos = left();
  if (infos.length === 0) return outcome;
  if (unasked) {
    for (const watch of m.leakWatchers) watch(infos);
    return outcome;
  }
  if (leaks === true) return { ok: false, error: new LeakError(infos, formatAll(infos)), g: null };
  try {
    leaks(infos);
  } catch (error) {
    return { ok: false, error, g: null };
  }
  return outcome;
}

/** Takes everyone who waits in `p` off all queues, and forgets where they stood, except for who ends the run. */
export function leaveAll({ allgs, awaiting }: P): void {
  for (const g of allgs.sorted()) {
    if (g.status === Gwaiting) g.op?.dequeue(g);
    if (g !== m.curg) g.gen = null;
  }
  for (const w of awaiting) w.abandon();
}
