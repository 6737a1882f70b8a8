/**
 * Who waits for whom.
 *
 * Goroutines of one name that wait for the same things are one node, except those that somebody waits for in turn: who
 * holds a lock, who is joined, who alone has ever used the other end of a channel. Of nodes that nobody needs the largest
 * are kept.
 *
 * A select goes on when any of its cases can, so no cycle leads through one. That a channel has an only sender or
 * receiver is experience: nobody else has used that end so far.
 */
import type { Graph } from "../protocol.ts";
import type { Channel } from "./channels.ts";
import { components } from "./cycles.ts";
import { goroutineId, keyOfId } from "./ids.ts";
import type { Model } from "./model.ts";
import type { Routine } from "./routines.ts";
import type { Thing } from "./things.ts";
import type { Awaited } from "./waits.ts";

/** Nodes that stand for goroutines, at most. */
const MOST = 150;

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** It may be part of a cycle. */
  readonly binding: boolean;
}

interface Group {
  readonly first: Routine;
  count: number;
  readonly needed: boolean;
}

export function graphOf(model: Model): Graph {
  const waiting = [...model.routines].filter(({ state, waitsFor }) => state === "waiting" && waitsFor.on.length > 0);
  const things = new Map<string, Awaited>();
  for (const { waitsFor } of waiting) for (const thing of waitsFor.things) things.set(thing.id, thing);
  const onward = [...things.values()].flatMap((thing) => leadsTo(model, thing));
  const needed = new Set(onward.map(({ to }) => to));

  const groups = new Map<string, Group>();
  for (const routine of waiting) {
    const isNeeded = needed.has(routine.id);
    const key = isNeeded ? routine.id : `${routine.name}\n${routine.waitsFor.text} ${routine.waitsFor.on.join()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: routine, count: 1, needed: isNeeded });
    else group.count++;
  }
  const sorted = [...groups.values()].sort((a, b) => Number(b.needed) - Number(a.needed) || b.count - a.count);
  const shown = sorted.slice(0, MOST);
  const more = sorted.slice(MOST).reduce((sum, { count }) => sum + count, 0);

  const nodes = new Map<string, Graph["nodes"][number]>();
  const edges: Edge[] = [];
  for (const { first, count } of shown) {
    nodes.set(first.id, { id: first.id, kind: "goroutine", label: labelOf(first), count });
    const { things: awaited, select } = first.waitsFor;
    for (const { id, verb } of awaited) edges.push({ from: first.id, to: id, label: wording(verb), binding: !select });
  }
  for (const { to } of [...edges]) addThing(model, nodes, things.get(to));
  for (const edge of onward) {
    if (!nodes.has(edge.from)) continue;
    const holder = model.routines.get(keyOfId(edge.to) ?? 0);
    if (holder !== undefined && !nodes.has(edge.to)) {
      nodes.set(edge.to, { id: edge.to, kind: "goroutine", label: labelOf(holder), count: 1 });
    }
    if (nodes.has(edge.to) && edge.from !== edge.to) edges.push(edge);
  }
  const cycles = components(edges.filter(({ binding }) => binding));
  return {
    nodes: [...nodes.values()],
    edges: edges.map(({ from, to, label, binding }) => {
      const component = binding ? cycles.get(from) : undefined;
      return { from, to, label, cycle: component !== undefined && component === cycles.get(to) };
    }),
    more,
  };
}

const labelOf = ({ name, g }: Routine): string => (name === "" ? `goroutine ${g}` : `${name} ${g}`);

function addThing(model: Model, nodes: Map<string, Graph["nodes"][number]>, thing: Awaited | undefined): void {
  if (thing === undefined || nodes.has(thing.id)) return;
  const { id, kind } = thing;
  if (kind === "goroutine") {
    const joined = model.routines.get(keyOfId(id) ?? 0);
    nodes.set(id, { id, kind: "goroutine", label: joined === undefined ? id : labelOf(joined), count: 1 });
  } else nodes.set(id, { id, kind: kind === "chan" ? "channel" : kind, label: model.thing(id) ?? id, count: 1 });
}

/** Where the way on from a thing leads: who could let its waiters go on. */
function leadsTo(model: Model, { id, kind }: Awaited): Edge[] {
  if (kind === "goroutine" || kind === "timer") return [];
  if (kind === "chan") return fromChannel(model.channels.get(id));
  return fromThing(model.things.get(id));
}

function fromThing(thing: Thing | undefined): Edge[] {
  if (thing === undefined) return [];
  // Each reader of a lock must let go; of a semaphore's holders one may be enough.
  const binding = thing.kind !== "semaphore" || thing.holders.length === 1;
  return thing.holders.keys(20).map((key) => ({ from: thing.id, to: goroutineId(key), label: "held by", binding }));
}

function fromChannel(channel: Channel | undefined): Edge[] {
  if (channel === undefined) return [];
  const { id, sendq, recvq, senders, receivers } = channel;
  const edges: Edge[] = [];
  const add = (key: number, label: string): void => {
    if (key !== 0) edges.push({ from: id, to: goroutineId(key), label, binding: true });
  };
  if (sendq.length > 0) add(receivers.only, "only receiver is");
  if (recvq.length > 0) add(senders.only, "only sender is");
  return edges;
}

const WORDINGS: Readonly<Record<string, string>> = {
  send: "sends to",
  receive: "receives from",
  join: "joins",
  lock: "wants",
  rlock: "wants",
  acquire: "wants",
};

/** What a goroutine does with what it waits for, in words. */
const wording = (verb: string): string => WORDINGS[verb] ?? "waits for";
