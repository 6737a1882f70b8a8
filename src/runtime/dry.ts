/**
 * The watch over the host's event loop while runs are under way: when it has run dry, nothing can ever wake anyone, and
 * a run whose main has not returned is deadlocked.
 *
 * One deadlock is reported at a time, that of a run which waits for nothing outside of itself, else the newest run's:
 * its end may be just what an older one waits for, the one that started it. Then the host is given something to do, so
 * that it runs dry once more.
 */
import { type HostTimer, macrotask, onLoopDry, startTimer, stopTimer } from "./host.ts";
import { m } from "./m.ts";
import type { P } from "./proc.ts";
import { awaitsPromise } from "./promise.ts";
import { Gwaiting } from "./status.ts";

let stopWatching: (() => void) | null = null;
/** Keeps the process open while a signal may still wake a goroutine. */
let open: HostTimer | null = null;

/** How long it does so before the loop may run dry again, in milliseconds: no signal may be waited for any more. */
const OPEN = 1000;

/** `p` has begun. */
export function underWay(p: P): void {
  m.runs.add(p);
  stopWatching ??= onLoopDry(loopDry);
}

/** `p` is over. */
export function isOver(p: P): void {
  m.runs.delete(p);
  if (m.runs.size > 0) return;
  stopWatching?.();
  stopWatching = null;
  if (open !== null) stopTimer(open);
  open = null;
}

function loopDry(): void {
  if (m.others?.asleep() === false) return;
  if (m.signals > 0) {
    open = startTimer(() => {}, OPEN);
    return;
  }
  const newestFirst = [...m.runs].reverse();
  const p = newestFirst.find((each) => !isHopeful(each)) ?? newestFirst[0];
  if (p === undefined) return;
  p.dry();
  if (p.over) macrotask(() => {});
}

/** Whether the end of another run may be what a goroutine waits for, with a promise or, perhaps, a select. */
function isHopeful({ allgs, awaiting }: P): boolean {
  let asyncs = 0;
  for (const g of allgs.sorted()) {
    if (g.status !== Gwaiting) continue;
    if (g.op === null || g.op.verb === "await") asyncs++;
    else if (g.op.verb === "select" || awaitsPromise(g.op)) return true;
  }
  // Async functions that await an operation wait for nothing else.
  return asyncs > [...awaiting].length;
}
