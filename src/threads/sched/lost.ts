/**
 * Tasks that a thread had in its hand when it died. They had not begun, so whoever has made them puts them into a queue
 * again, and nothing is done twice.
 *
 * Rejected: a log of what each thread is about to take. Whether it was that thread that took it can't be seen afterwards.
 */
import { startTimer } from "../../runtime/host.ts";
import { memory } from "../memory/memory.ts";
import { children } from "./away.ts";
import { close, closedHere, reopen } from "./hand.ts";
import { ABANDONED, RUNNER } from "./task.ts";
import { anyTask, runqput, waitingTasks } from "./taskq.ts";
import { wakep } from "./wakep.ts";

/** How long after an attempt in vain the next one comes, in milliseconds. */
const AGAIN = 10;

/** Puts back what this thread has made of what is lost. `more` is called where there are tasks, and nobody is idle. */
export function putBack(more: () => void): void {
  const waiting = close() ? waitingTasks() : null;
  if (waiting === null) {
    if (closedHere()) reopen();
    startTimer(() => putBack(more), AGAIN);
    return;
  }
  const { i32 } = memory;
  const inHand = (task: number): boolean => i32[task + RUNNER] === 0 || i32[task + RUNNER] === ABANDONED;
  const lost = [...children].map(({ task }) => task).filter((task) => inHand(task) && !waiting.has(task));
  reopen();
  for (const task of lost) runqput(task);
  // Also for what was there: whoever wanted to take it has gone to sleep.
  if (anyTask() && !wakep()) more();
}
