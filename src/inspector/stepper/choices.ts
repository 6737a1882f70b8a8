/** What can happen next, in words: for the list from which somebody chooses. */
import { Hchan } from "../../chan/hchan.ts";
import { RecvOnly } from "../../chan/recv-only.ts";
import type { G } from "../../runtime/g.ts";
import type { Op } from "../../runtime/op.ts";
import { Gnew, Gpreempted, Gthrow, hasEnded } from "../../runtime/status.ts";

/** The names of channels, by their numbers, where they have none of their own. */
export type ChannelName = (id: number) => string;

/** What `g`, which is runnable, will do. */
export function intention(g: G, nameOf: ChannelName): string {
  if (g.status === Gnew) return "starts";
  if (g.status === Gthrow) return "goes on, with an error";
  if (g.status !== Gpreempted || g.op === null) return "goes on";
  return wording(g.op, nameOf);
}

/** An operation: why one waits that performs it, and for what. */
export function wording({ reason, subject }: Op<unknown>, nameOf: ChannelName): string {
  if (subject === undefined || subject.id === 0) return reason;
  return `${reason} ${subject.name === undefined || subject.name === "" ? nameOf(subject.id) : subject.name}`;
}

/** The select that `g` is about to perform, if chance has a say in it. */
export function selectOf(g: G): Op<unknown> | null {
  const { op } = g;
  return g.status === Gpreempted && op?.choice !== undefined && op.cases !== undefined ? op : null;
}

/** The cases of a select that can be taken now, by their places; those included of which only an attempt can tell. */
export function readyCases(select: Op<unknown>): number[] {
  const cases = select.cases ?? [];
  return [...cases.keys()].filter((at) => isReady(cases[at] as Op<unknown>) !== false);
}

/** Whether an attempt would complete; undefined where nobody can tell without making it. */
export function isReady(op: Op<unknown>): boolean | undefined {
  if (op.cases !== undefined) {
    const each = op.cases.map(isReady);
    return each.includes(true) ? true : each.includes(undefined) ? undefined : false;
  }
  const thing = op.subject;
  if (thing instanceof RecvOnly) return thing.ready;
  if (thing instanceof Hchan) {
    const { closed, qcount, dataqsiz, sendq, recvq } = thing;
    if (closed) return true;
    return op.reason === "chan send" ? qcount < dataqsiz || recvq.first !== null : qcount > 0 || sendq.first !== null;
  }
  if (op.reason === "join") return hasEnded((op.touches as G).status);
  if (op.reason === "chan receive (nil chan)" || op.reason === "chan send (nil chan)") return false;
  return undefined;
}
