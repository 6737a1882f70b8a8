/**
 * Looking into a program from its own thread: the frames of a goroutine, the slots of a channel, the counter of a wait
 * group. Things are known from when they are made, and held weakly.
 *
 * They are recognised by what they have, not by their class: the program may have its own copy of the library.
 */

import { tap } from "../runtime/events.ts";
import type { G } from "../runtime/g.ts";
import { casesOf, labelOf, type Thing, thingOf, told } from "../runtime/thing.ts";
import { describe } from "../runtime/traceback.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { allRuns } from "../trace/lanes.ts";
import { framesOf, type Places } from "../trace/places.ts";
import { keyOf } from "../trace/timeline.ts";
import type { ChannelSight } from "./model/channels.ts";
import { channelId, goroutineId, thingId } from "./model/ids.ts";
import type { Note } from "./model/notes.ts";
import type { Queued, ThingId } from "./protocol.ts";
import type { Look, Program } from "./source.ts";
import { valueText } from "./value.ts";

/** Slots of a ring, and waiters of a queue, that are shown. */
const MOST = 256;

/** What is said of a channel without a look into it. */
export interface KnownChannel {
  readonly id: number;
  readonly name: string | undefined;
  readonly dataqsiz: number;
  readonly closed: boolean;
}

/** What a channel has. */
interface ChannelLike extends KnownChannel {
  readonly qcount: number;
  readonly buf: readonly unknown[];
  readonly sendx: number;
  readonly recvx: number;
  readonly sendq: Iterable<Waiter>;
  readonly recvq: Iterable<Waiter>;
}

const all = new Set<Sights>();

function meet(thing: Thing): void {
  for (const sights of all) sights.meet(thing);
}

export class Sights implements Program {
  readonly #places: Places;
  readonly #things = new Map<ThingId, WeakRef<object>>();
  #gone: ThingId[] = [];
  readonly #registry = new FinalizationRegistry<ThingId>((id) => {
    this.#things.delete(id);
    this.#gone.push(id);
  });

  constructor(places: Places) {
    this.#places = places;
  }

  start(): void {
    all.add(this);
    tap.meet = meet;
  }

  stop(): void {
    all.delete(this);
    if (all.size === 0) tap.meet = null;
    this.#things.clear();
  }

  meet(thing: Thing): void {
    const id = thingId(told(thing), labelOf(thing) ?? "", 0);
    this.#things.set(id, new WeakRef(thing));
    this.#registry.register(thing, id);
  }

  /** The channels that are known and still there. */
  *channels(): Generator<KnownChannel, void> {
    for (const [id, ref] of this.#things) {
      const channel = ref.deref();
      if (id.startsWith("chan/") && channel !== undefined) yield channel as ChannelLike;
    }
  }

  /** Those that have been collected since this was asked last. */
  gone(): ThingId[] {
    const gone = this.#gone;
    this.#gone = [];
    return gone;
  }

  look(look: Look): Note[] {
    if (look.at === "goroutine") return this.#routine(look.key);
    if (look.at === "channel") return this.#channel(look.id);
    return look.ids.flatMap((id) => this.#group(id));
  }

  /** Where everyone stands, for when it can't be asked any more: up to `most` goroutines, and what channels hold. */
  everything(most: number): Note[] {
    const routines = allRuns().flatMap((p) => [...p.allgs]);
    return [
      ...routines.slice(0, most).flatMap((g) => this.#stack(g)),
      ...[...this.#things.keys()]
        .slice(0, most)
        .flatMap((id) => (id.startsWith("chan/") ? this.#channel(id) : this.#group(id))),
    ];
  }

  #routine(key: number): Note[] {
    for (const p of allRuns()) {
      if (p.id !== Math.floor(key / 2 ** 32)) continue;
      for (const g of p.allgs) if (keyOf(p.id, g.id) === key) return this.#stack(g);
    }
    return [];
  }

  #stack(g: G): Note[] {
    const stack = framesOf(describe(g).stack, this.#places);
    return stack.length === 0 ? [] : [{ kind: "stack", key: keyOf(g.p.id, g.id), stack }];
  }

  #channel(id: ThingId): Note[] {
    const thing = this.#things.get(id)?.deref() ?? this.#awaited(id);
    if (thing === undefined || !("sendq" in thing) || !("buf" in thing)) return [];
    return [{ kind: "channel", id, sight: sightOf(thing as ChannelLike) }];
  }

  /** A channel from before anybody watched is known when somebody waits for it. */
  #awaited(id: ThingId): object | undefined {
    for (const p of allRuns()) {
      for (const { op } of p.allgs) {
        for (const each of op === null ? [] : (casesOf(op) ?? [op])) {
          const thing = thingOf(each);
          if (thing?.kind !== "chan" || channelId(thing.id, 0) !== id) continue;
          this.meet(thing);
          return thing;
        }
      }
    }
    return undefined;
  }

  #group(id: ThingId): Note[] {
    const thing = this.#things.get(id)?.deref() as { readonly count?: unknown } | undefined;
    return typeof thing?.count === "number" ? [{ kind: "group", id, value: thing.count }] : [];
  }
}

function sightOf(channel: ChannelLike): ChannelSight {
  const { qcount, dataqsiz, buf, sendx, recvx, closed } = channel;
  const slots: (string | null)[] = [];
  // The ring grows up to its capacity when it is needed: what is not there yet is empty.
  for (let i = 0; i < Math.min(dataqsiz, MOST); i++) {
    const filled = i < buf.length && (i - recvx + buf.length) % buf.length < qcount;
    slots.push(filled ? valueText(buf[i]) : null);
  }
  return {
    length: qcount,
    capacity: dataqsiz,
    closed,
    sendx,
    recvx,
    slots,
    sendq: queued(channel.sendq, true),
    recvq: queued(channel.recvq, false),
  };
}

function queued(queue: Iterable<Waiter>, sends: boolean): Queued[] {
  const found: Queued[] = [];
  for (const w of queue) {
    if (found.length === MOST) break;
    const { g } = w.root;
    found.push({
      g: g === null ? "" : goroutineId(keyOf(g.p.id, g.id)),
      name: g?.name ?? "async function",
      value: sends ? valueText(w.value) : "",
      select: w.root !== w,
    });
  }
  return found;
}
