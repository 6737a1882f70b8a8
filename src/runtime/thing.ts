/**
 * What an operation does and waits for, by type: its verb, and the thing it is `on`. The scheduler, exploration, the
 * inspector and the stepper go by these; the reason that a dump shows is looked up, by verb and thing, for people alone.
 */

import type { G } from "./g.ts";
import type { Operation } from "./op.ts";
import type { P } from "./proc.ts";
import type { AwaitedThing, ToldThing, WaitReason } from "./types.ts";

/** By the verb, where the thing has no words of its own for it (`Thing.reasons`). */
const REASONS: Readonly<Record<string, WaitReason>> = {
  block: "select (no cases)",
  yield: "runtime.Gosched",
  exit: "runtime.Goexit",
  join: "join",
};

/** A goroutine, as far as dumps name one. */
interface Holder {
  readonly id: number;
  readonly name: string;
}

/** Something that operations wait for: a channel, a lock, a goroutine. */
export interface Thing {
  /** What it is: `"chan"`, `"Mutex"`. */
  readonly kind: string;
  /** Its number among its kind, from 1 up; 0 where it has none. */
  readonly id: number;
  /** The name that the program gave it. */
  readonly name: string | undefined;
  /** The run it belongs to; null where it is that of the goroutine that performs the operation. */
  readonly p: P | null;
  /** The goroutine that holds it, for a lock, or those that do. */
  readonly holders?: readonly Holder[] | undefined;
  /** What dumps and events call it, where that is not its kind, its number and its name. */
  readonly label?: string | undefined;
  /** What else a dump says of it: a counter. */
  readonly detail?: string | undefined;
  /** What dumps say of a goroutine that performs an operation on it, by the verb; else they say `KIND.VERB`. */
  readonly reasons?: Readonly<Record<string, WaitReason>> | undefined;
  /** How many promises it stands for. */
  readonly promises?: number | undefined;
  /** What comes through it is the host's: a stream's data, an event. */
  readonly outside?: boolean | undefined;
  /**
   * What an attempt reads and changes, where that is not the thing itself; null where it may be anything. Attempts that
   * touch different things come to the same in either order, so exploration tries one.
   */
  readonly touches?: object | null | undefined;
  /**
   * Whether an attempt would complete now; undefined where only an attempt tells. Changes nothing.
   *
   * @param op an operation on this thing
   */
  ready?(op: Operation<unknown>): boolean | undefined;
}

/** What an operation waits for: a thing; several operations, of which one will do; null: only itself knows. */
export type On = Thing | readonly Operation<unknown>[] | null;

/** A thing that concerns only the goroutine that performs the operation. */
export const NOTHING: Thing = { kind: "nothing", id: 0, name: undefined, p: null };

/** Promises, as something to wait for: what settles one may be anything. */
export const PROMISE: Thing = {
  ...{ kind: "promise", id: 0, name: undefined, p: null, touches: null, promises: 1 },
  reasons: { wait: "promise", await: "await" },
};

/** The operations that `op` waits for, where it is several. */
export function casesOf({ on }: Operation<unknown>): readonly Operation<unknown>[] | undefined {
  return Array.isArray(on) ? (on as readonly Operation<unknown>[]) : undefined;
}

/** The thing that `op` waits for, where it is one. */
export function thingOf({ verb, on }: Operation<unknown>): Thing | null {
  return verb === "perform" || Array.isArray(on) ? null : (on as Thing | null);
}

/** What an attempt of `op`, which is not made of others, reads and changes; null: anything. */
export function touchedBy(op: Operation<unknown>): object | null {
  const thing = thingOf(op);
  return thing === null || thing.touches === undefined ? thing : thing.touches;
}

/** The run that `op` belongs to, that of its cases; null: that of the goroutine that performs it. */
export function homeOf(op: Operation<unknown>): P | null {
  const cases = casesOf(op);
  if (cases === undefined) return thingOf(op)?.p ?? null;
  for (const each of cases) {
    const home = homeOf(each);
    if (home !== null) return home;
  }
  return null;
}

/** The goroutine that carries `op` out for the async function that awaits it. */
export function performerOf({ verb, on }: Operation<unknown>): G | null {
  return verb === "perform" ? (on as G | null) : null;
}

/** Why a goroutine that performs `op` waits, for people. */
export function reasonOf(op: Operation<unknown>): WaitReason {
  const { verb } = op;
  if (verb === "perform") {
    const done = performerOf(op)?.op ?? null;
    return done === null ? "await" : reasonOf(done);
  }
  const thing = thingOf(op);
  return thing?.reasons?.[verb] ?? REASONS[verb] ?? (thing === null ? verb : ownReason(thing.kind, verb));
}

/** What Go says of its channels; of others the kind and the verb. */
function ownReason(kind: string, verb: string): WaitReason {
  return kind === "chan" ? `chan ${verb}` : `${kind}.${verb}`;
}

/** What the events call a thing: its kind and number, and the name that the program gave it; undefined for a channel. */
export function labelOf({ kind, id, name, p, label }: Thing): string | undefined {
  if (label !== undefined) return label;
  if (kind === "goroutine") return `goroutine ${p?.id}.${id}`;
  if (id === 0 || kind === "chan") return undefined;
  return name === undefined ? `${kind} ${id}` : `${kind} ${id} ${JSON.stringify(name)}`;
}

export function told({ kind, id, p }: Thing): ToldThing {
  return { kind, id, run: p === null ? 0 : p.id };
}

/** What the events say of a lock that is taken or given back. */
export function toldLock(thing: Thing): { readonly lock: string; readonly on: ToldThing } {
  return { lock: labelOf(thing) as string, on: told(thing) };
}

/** What the events say of an operation that has to wait. */
export function waitsFor(op: Operation<unknown>): AwaitedThing & { readonly cases?: readonly AwaitedThing[] } {
  const thing = thingOf(op);
  const cases = casesOf(op);
  const what = thing === null ? undefined : labelOf(thing);
  return {
    verb: op.verb,
    on: thing === null ? null : told(thing),
    reason: reasonOf(op),
    chan: thing?.kind === "chan" ? thing.id : 0,
    ...(what !== undefined && { what }),
    ...(cases !== undefined && { cases: cases.map(waitsFor) }),
  };
}
