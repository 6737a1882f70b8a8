/**
 * Locks, wait groups, conditions, semaphores, timers: who holds them, who waits for them. They are known once an event
 * speaks of them; nothing tells when one is gone, so of those that nobody holds or waits for the oldest are forgotten.
 */
import type { GoroutineId, Questions, ThingId, ThingRow } from "../protocol.ts";
import { goroutineId } from "./ids.ts";
import { Queue } from "./queue.ts";

const MOST = 50_000;
/** Goroutines that a row names. */
const MOST_SHOWN = 256;

export class Thing {
  readonly id: ThingId;
  readonly kind: ThingRow["kind"];
  readonly name: string;
  readonly holders: { readonly key: number; readonly since: number }[] = [];
  readonly queue: Queue = new Queue();
  /** See `ThingRow`. */
  value = 0;
  /** The run of a timer. */
  readonly run: number;

  constructor(id: ThingId, kind: ThingRow["kind"], name: string, run = 0) {
    this.id = id;
    this.kind = kind;
    this.name = name;
    this.run = run;
  }

  get idle(): boolean {
    return this.holders.length === 0 && this.queue.length === 0;
  }

  row(): ThingRow {
    const holders = this.holders.slice(0, MOST_SHOWN).map(({ key, since }) => ({ g: nameOf(key), since }));
    return {
      id: this.id,
      kind: this.kind,
      name: this.name,
      holders,
      waiting: this.queue.ids(MOST_SHOWN),
      value: this.value,
    };
  }
}

const nameOf = (key: number): GoroutineId => (key === 0 ? "" : goroutineId(key));

export class Things implements Iterable<Thing> {
  readonly #all = new Map<ThingId, Thing>();
  readonly #timers = new Map<ThingId, Thing>();

  [Symbol.iterator](): IterableIterator<Thing> {
    return this.#all.values();
  }

  /** Those that are pending. */
  get timers(): ReadonlyMap<ThingId, Thing> {
    return this.#timers;
  }

  get(id: ThingId): Thing | undefined {
    return this.#all.get(id) ?? this.#timers.get(id);
  }

  meet(id: ThingId, kind: ThingRow["kind"], name: string): Thing {
    let thing = this.#all.get(id);
    if (thing === undefined) {
      thing = new Thing(id, kind, name);
      this.#all.set(id, thing);
      if (this.#all.size > MOST * 1.1) this.#trim();
    }
    return thing;
  }

  #trim(): void {
    for (const [id, thing] of this.#all) {
      if (this.#all.size <= MOST) return;
      if (thing.idle) this.#all.delete(id);
    }
  }

  lock(thing: Thing, key: number, time: number): void {
    if (thing.kind === "mutex") thing.holders.length = 0;
    thing.holders.push({ key, since: time });
  }

  /** Gives the key of who held it. Anybody may unlock: it is taken from whoever does that if that one holds it. */
  unlock(thing: Thing, key: number): number {
    const at = thing.holders.findIndex((holder) => holder.key === key);
    const [held] = thing.holders.splice(Math.max(0, at), 1);
    return held?.key ?? 0;
  }

  setTimer(id: ThingId, run: number, due: number): Thing | null {
    if (this.#timers.size >= MOST) return null;
    const timer = new Thing(id, "timer", id.slice("timer/".length), run);
    timer.value = due;
    this.#timers.set(id, timer);
    return timer;
  }

  endTimer(id: ThingId): void {
    this.#timers.delete(id);
  }

  /** The run is over, and with it its timers. */
  endRun(run: number): void {
    for (const [id, timer] of this.#timers) if (timer.run === run) this.#timers.delete(id);
  }

  query({ filter = "", offset, limit }: Questions["things"]["ask"]): Questions["things"]["answer"] {
    const part = filter.trim().toLowerCase();
    const found: Thing[] = [];
    for (const all of [this.#all, this.#timers]) {
      for (const thing of all.values()) {
        if (part === "" || thing.id.includes(part) || thing.name.toLowerCase().includes(part)) found.push(thing);
      }
    }
    return { total: found.length, rows: found.slice(offset, offset + limit).map((thing) => thing.row()) };
  }
}
