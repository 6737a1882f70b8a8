/** What a goroutine waits for, out of what an event says of it. */
import type { AwaitedThing } from "../../runtime/types.ts";
import type { Told } from "../../trace/chunk.ts";
import type { GoroutineId, ThingId, ThingRow } from "../protocol.ts";
import { rowKind, thingId } from "./ids.ts";

/** One thing that is waited for. */
export interface Awaited {
  readonly verb: string;
  readonly id: ThingId | GoroutineId;
  /** The name that the events have for it; empty for a channel. */
  readonly label: string;
  readonly kind: "chan" | "goroutine" | ThingRow["kind"];
  /** The number of a channel. */
  readonly chan: number;
}

export interface Wait {
  readonly verb: string;
  readonly reason: string;
  /** As the events have it, with the cases of a select. */
  readonly text: string;
  /** What the event said. */
  readonly told: Told | null;
  /** Those with a name: of a select, its cases. */
  readonly things: readonly Awaited[];
  readonly on: readonly (ThingId | GoroutineId)[];
  readonly select: boolean;
}

export const NOTHING: Wait = {
  verb: "",
  reason: "",
  text: "",
  told: null,
  things: [],
  on: [],
  select: false,
};

/** That of an async function that has suspended. */
export const SUSPENDED: Wait = { ...NOTHING, verb: "await", reason: "await", text: "await" };

/** The same in words, channels as `channel` says. */
export function waitText({ reason, cases = [], ...told }: Told, channel: (chan: number) => string): string {
  if (cases.length === 0) return awaitedText({ reason, ...told }, channel);
  return `${reason}: ${cases.map((each) => awaitedText(each, channel)).join(", ")}`;
}

export function awaitedText({ reason, chan, what }: AwaitedThing, channel: (chan: number) => string): string {
  if (what !== undefined) return `${reason} ${what}`;
  return chan === 0 ? reason : `${reason} ${channel(chan)}`;
}

/** Waits on one thread. */
export class Waits {
  readonly #thread: number;
  readonly #known = new WeakMap<Told, Wait>();

  constructor(thread: number) {
    this.#thread = thread;
  }

  read(told: Told): Wait {
    let wait = this.#known.get(told);
    if (wait === undefined) {
      wait = this.#wait(told);
      this.#known.set(told, wait);
    }
    return wait;
  }

  #wait(told: Told): Wait {
    const { verb, reason, cases } = told;
    const things = (cases ?? [told]).map((each) => this.thing(each)).filter((thing) => thing !== null);
    return {
      verb,
      reason,
      text: waitText(told, (chan) => `#${chan}`),
      told,
      things,
      on: [...new Set(things.map(({ id }) => id))],
      select: cases !== undefined,
    };
  }

  /** One thing that is waited for; null where the events have no name for it. */
  thing({ verb, on, chan, what }: AwaitedThing): Awaited | null {
    if (on === null || (what === undefined && chan === 0)) return null;
    const kind = on.kind === "chan" || on.kind === "goroutine" ? on.kind : rowKind(on);
    return { verb, id: thingId(on, what ?? "", this.#thread), label: what ?? "", kind, chan };
  }
}
