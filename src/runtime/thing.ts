/**
 * What an operation does and waits for, by type: its verb, and the thing it is `on`. The scheduler, exploration, the
 * inspector and the stepper go by these; the reason that a dump shows is looked up, by verb and thing, for people alone.
 */
import type { G } from "./g.ts";
import type { Op } from "./op.ts";
import type { P } from "./proc.ts";

/**
 * Why a goroutine waits, in Go's words where Go has them; what is added to the library with `millrace/op` has
 * `KIND.VERB`.
 */
export type WaitReason = KnownReason | (string & {});

type KnownReason =
  | "chan receive"
  | "chan receive (nil chan)"
  | "chan send"
  | "chan send (nil chan)"
  | "select"
  | "select (no cases)"
  | "sleep"
  | "sync.Mutex.Lock"
  | "sync.RWMutex.RLock"
  | "sync.RWMutex.Lock"
  | "sync.WaitGroup.Wait"
  | "sync.Cond.Wait"
  | "semacquire"
  | "errgroup"
  | "rate limit"
  | "join"
  | "promise"
  | "await"
  | "runtime.Gosched"
  | "runtime.Goexit"
  | "settle"
  | "bubble";

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
  ready?(op: Op<unknown>): boolean | undefined;
}

/** What an operation waits for: a thing; several operations, of which one will do; null: only itself knows. */
export type On = Thing | readonly Op<unknown>[] | null;

/** A thing that concerns only the goroutine that performs the operation. */
export const NOTHING: Thing = { kind: "nothing", id: 0, name: undefined, p: null };

/** Promises, as something to wait for: what settles one may be anything. */
export const PROMISE: Thing = {
  ...{ kind: "promise", id: 0, name: undefined, p: null, touches: null },
  reasons: { wait: "promise", await: "await" },
};

/** The operations that `op` waits for, where it is several. */
export function casesOf({ on }: Op<unknown>): readonly Op<unknown>[] | undefined {
  return Array.isArray(on) ? (on as readonly Op<unknown>[]) : undefined;
}

/** The thing that `op` waits for, where it is one. */
export function thingOf({ verb, on }: Op<unknown>): Thing | null {
  return verb === "perform" || Array.isArray(on) ? null : (on as Thing | null);
}

/** What an attempt of `op`, which is not made of others, reads and changes; null: anything. */
export function touchedBy(op: Op<unknown>): object | null {
  const thing = thingOf(op);
  return thing === null || thing.touches === undefined ? thing : thing.touches;
}

/** The run that `op` belongs to, that of its cases; null: that of the goroutine that performs it. */
export function homeOf(op: Op<unknown>): P | null {
  const cases = casesOf(op);
  if (cases === undefined) return thingOf(op)?.p ?? null;
  for (const each of cases) {
    const home = homeOf(each);
    if (home !== null) return home;
  }
  return null;
}

/** The goroutine that carries `op` out for the async function that awaits it. */
export function performerOf({ verb, on }: Op<unknown>): G | null {
  return verb === "perform" ? (on as G | null) : null;
}

/** Why a goroutine that performs `op` waits, for people. */
export function reasonOf(op: Op<unknown>): WaitReason {
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

/** What the events say of a thing. */
export interface ToldThing {
  /** What it is: `"chan"`, `"Mutex"`. */
  readonly kind: string;
  /** Its number among its kind, on its thread; 0 where it has none. */
  readonly id: number;
  /** The run it belongs to; 0 where it belongs to none. A goroutine's number is unique in its run. */
  readonly run: number;
}

export function told({ kind, id, p }: Thing): ToldThing {
  return { kind, id, run: p === null ? 0 : p.id };
}

/** What the events say of a lock that is taken or given back. */
export function toldLock(thing: Thing): { readonly lock: string; readonly on: ToldThing } {
  return { lock: labelOf(thing) as string, on: told(thing) };
}

/** What the events say of something that is waited for. */
export interface AwaitedThing {
  /** What is to be done: `"receive"`, `"lock"`. */
  readonly verb: string;
  /** The thing it is to be done with; null where it is none that the runtime knows, or several. */
  readonly on: ToldThing | null;
  /** The same for people. */
  readonly reason: WaitReason;
  /** The channel's number, 0 where it is something else. */
  readonly chan: number;
  /** What else it is, by the name under which the events know it: "Mutex 3", "goroutine 1.7" (the run and the number). */
  readonly what?: string;
}

/** What the events say of an operation that has to wait. */
export function waitsFor(op: Op<unknown>): AwaitedThing & { readonly cases?: readonly AwaitedThing[] } {
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
