/** An exit of a goroutine that another one asks for: see docs/decisions/0005-no-goroutine-is-unwound.md. */
import type { G } from "./g.ts";
import type { Goexit } from "./panic.ts";
import { Gpreempted, Gthrow, Gwaiting } from "./status.ts";
import { claim } from "./waiter.ts";

/**
 * Throws `exit` where `g` waits or is about to attempt an operation, when its turn comes; says whether it is at one. An
 * operation that has happened is not undone: its result may be a lock that `g` holds now.
 */
export function exitWhereItWaits(g: G, exit: Goexit): boolean {
  if (g.status === Gwaiting && g.op !== null && claim(g)) {
    g.op.dequeue(g);
    g.fail(exit);
    return true;
  }
  if (g.status !== Gpreempted) return false;
  // It is in the run queue already.
  g.op = null;
  g.value = exit;
  g.status = Gthrow;
  return true;
}
