/** What can happen next, in words: for the list from which somebody chooses. */

import type { G } from "../../runtime/g.ts";
import type { Operation } from "../../runtime/op.ts";
import { Gnew, Gpreempted, Gthrow } from "../../runtime/status.ts";
import { casesOf, reasonOf, thingOf } from "../../runtime/thing.ts";

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
export function wording(op: Operation<unknown>, nameOf: ChannelName): string {
  const reason = reasonOf(op);
  const thing = thingOf(op);
  if (thing?.kind !== "chan") return reason;
  return `${reason} ${thing.name === undefined || thing.name === "" ? nameOf(thing.id) : thing.name}`;
}

/** The select that `g` is about to perform, if chance has a say in it. */
export function selectOf(g: G): Operation<unknown> | null {
  const { op } = g;
  const isSelect = g.status === Gpreempted && op?.verb === "select";
  return isSelect && (op as Partial<{ readonly listed: boolean }>).listed !== true ? op : null;
}

/** The cases of a select that can be taken now, by their places; those included of which only an attempt can tell. */
export function readyCases(select: Operation<unknown>): number[] {
  const cases = casesOf(select) ?? [];
  return [...cases.keys()].filter((at) => isReady(cases[at] as Operation<unknown>) !== false);
}

/** Whether an attempt would complete; undefined where only an attempt tells. */
export function isReady(op: Operation<unknown>): boolean | undefined {
  const cases = casesOf(op);
  if (cases === undefined) return thingOf(op)?.ready?.(op);
  const each = cases.map(isReady);
  return each.includes(true) ? true : each.includes(undefined) ? undefined : false;
}
