/** What a run's end is called: a deadlock, a leak, an exit of one of its goroutines. */

import type { G } from "./g.ts";
import { busier } from "./host.ts";
import { m } from "./m.ts";
import type { Operation } from "./op.ts";
import type { RunOptions } from "./options.ts";
import { DeadlockError, LeakError } from "./panic.ts";
import type { P } from "./proc.ts";
import { awaitsPromise } from "./promise.ts";
import { Gwaiting } from "./status.ts";
import { casesOf, thingOf } from "./thing.ts";
import { formatAll, formatGroups } from "./traceback.ts";
import type { GoroutineInfo } from "./types.ts";

/** How a run ended. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly error: unknown;
      readonly g: G | null;
      /** Where the goroutine stood that panicked, if that was on another thread: what is printed of it. */
      readonly trace?: string;
    };

/** Nothing can ever run again; `left` are the goroutines that wait, which are none after main's goexit. */
export function deadlock(left: readonly GoroutineInfo[]): DeadlockError {
  const headline =
    left.length === 0
      ? "no goroutines (main called runtime.Goexit) - deadlock!"
      : "all goroutines are asleep - deadlock!";
  return new DeadlockError(headline, left, formatAll(left));
}

/** Whether a run with this option looks, when main has returned, for goroutines that are left. */
export function looksForLeaks(leaks: RunOptions["leaks"]): boolean {
  return leaks !== false && (isSaid(leaks) || m.leakWatchers.length > 0);
}

/** Whether the option says what is to be done about leaks at the end. */
function isSaid(leaks: RunOptions["leaks"]): leaks is boolean | ((left: readonly GoroutineInfo[]) => void) {
  return leaks !== undefined && leaks !== "report";
}

/** Main of `p` has returned, and what could go on has gone on: what the `leaks` option makes of those that are left. */
export function checkLeaks(outcome: Outcome, leaks: RunOptions["leaks"], p: P): Outcome {
  if (!looksForLeaks(leaks)) return outcome;
  const infos = lost(p);
  if (infos.length === 0) return outcome;
  if (!isSaid(leaks)) {
    for (const watch of m.leakWatchers) watch(infos);
    return outcome;
  }
  if (leaks === true) return { ok: false, error: new LeakError(infos, formatGroups(infos)), g: null };
  try {
    if (leaks !== false) leaks(infos);
  } catch (error) {
    return { ok: false, error, g: null };
  }
  return outcome;
}

/**
 * Those of `p` that can never go on. None where one may still be woken by something else than the others: by time, by what
 * the host has under way since the run began, or by another run. For that one may wake any of the others.
 */
function lost(p: P): GoroutineInfo[] {
  if (p.timers.pending) return [];
  let asyncs = 0;
  for (const g of p.allgs) {
    if (g.status !== Gwaiting) return [];
    if (g.op === null) asyncs++;
    else if (comesFromOutside(g.op, p)) return [];
  }
  for (const { op } of p.awaiting) {
    asyncs--;
    if (comesFromOutside(op, p)) return [];
  }
  if (asyncs > 0 && busier(p.hostBefore).length > 0) return [];
  return p.info();
}

/** Whether what `op` waits for may come from outside of `p`. */
function comesFromOutside(op: Operation<unknown>, p: P): boolean {
  const cases = casesOf(op);
  if (cases !== undefined) return cases.some((each) => comesFromOutside(each, p));
  if (awaitsPromise(op)) return busier(p.hostBefore).length > 0;
  const thing = thingOf(op);
  return (thing?.p ?? p) !== p || thing?.outside === true;
}

/** Takes everyone who waits in `p` off all queues, and forgets where they stood, except for who ends the run. */
export function leaveAll({ allgs, awaiting }: P): void {
  for (const g of allgs.sorted()) {
    if (g.status === Gwaiting) g.op?.dequeue(g);
    if (g !== m.curg) g.gen = null;
  }
  for (const w of awaiting) w.abandon();
}
