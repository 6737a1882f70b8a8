/** Time that can't go on, because goroutines poll: a clock that jumps does so only when none is runnable. */

import type { G } from "../runtime/g.ts";
import type { Operation } from "../runtime/op.ts";
import { Gwaiting } from "../runtime/status.ts";
import { casesOf, homeOf, touchedBy } from "../runtime/thing.ts";
import { describe } from "../runtime/traceback.ts";

/** Who keeps time from going on, and whom from going on with it. */
export function whyTimeStands(all: readonly G[]): string {
  const [sleeper] = all.filter((g) => g.status === Gwaiting && waitsForTime(g.op));
  const pollers = all.filter((g) => g.status !== Gwaiting);
  if (pollers.length === 0) return "";
  const polls = pollers.map((g) => {
    const place = /\n\t(.*)/.exec(describe(g).stack)?.[1];
    return `${nameOf(g)} polls${place === undefined ? "" : ` at ${place}`}`;
  });
  const sleeps = sleeper === undefined ? "" : `${nameOf(sleeper)} sleeps, `;
  return `${sleeps}time stands still while ${polls.join(" and ")}`;
}

function waitsForTime(op: Operation<unknown> | null): boolean {
  if (op === null) return false;
  const cases = casesOf(op);
  if (cases !== undefined) return cases.some(waitsForTime);
  return op.verb === "sleep" || touchedBy(op) === homeOf(op)?.timers;
}

export function nameOf({ id, name }: G): string {
  return `goroutine ${id} (${name})`;
}

/** Whether `op` only looks: it never waits. */
export function polls(op: Operation<unknown>): boolean {
  return (op as Partial<{ readonly polls: boolean }>).polls === true;
}
