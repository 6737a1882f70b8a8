/**
 * Locks, wait groups, conditions, semaphores, timers: who holds them, who waits for them. They are known once an event
 * speaks of them. Nothing tells when one is gone, so the oldest are forgotten: first those that are neither held nor waited
 * for, and if that is not enough, any.
 */
import type { GoroutineId, Questions, ThingId, ThingRow } from "../protocol.ts";
import { goroutineId } from "./ids.ts";
import { Queue } from "./queue.ts";

const MOST = 50_000;
/** Goroutines that a row names. */
const MOST_SHOWN = 256;

interface Holder {
  readonly key: number;
  readonly since: number;
  /** How often it holds it: a reader may lock more than once. */
  times: number;
}

/** The goroutines that hold a thing, by their keys; 0 stands for all async functions of which the goroutine is not known. */
export class Holders implements Iterable<Holder> {
  readonly #all = new Map<number, Holder>();
  #length = 0;

  [Symbol.iterator](): IterableIterator<Holder> {
    return this.#all.values();
  }

  /** How often the thing is held in all. */
  get length(): number {
    return this.#length;
  }

  get first(): Holder | undefined {
    return this.#all.values().next().value;
  }

  add(key: number, since: number): void {
    const holder = this.#all.get(key);
    if (holder === undefined) this.#all.set(key, { key, since, times: 1 });
    else holder.times++;
    this.#length++;
  }

  /** Any goroutine may unlock: one that does not hold it unlocks for the first that does. Gives the key of that. */
  remove(key: number): number {
    const holder = this.#all.get(key) ?? this.first;
    if (holder === undefined) return 0;
    if (--holder.times === 0) this.#all.delete(holder.key);
    this.#length--;
    return holder.key;
  }

  clear(): void {
    this.#all.clear();
    this.#length = 0;
  }

  /** The keys of the first goroutines, at most `most`. */
  keys(most: number): number[] {
    const keys: number[] = [];
    for (const key of this.#all.keys()) {
      if (keys.length === most) break;
      if (key !== 0) keys.push(key);
    }
    return keys;
  }
}

export class Thing {
  readonly id: ThingId;
  readonly kind: ThingRow["kind"];
  readonly name: string;
  readonly holders: Holders = new Holders();
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
    const holders: { g: GoroutineId; since: number }[] = [];
    for (const { key, since } of this.holders) {
      if (holders.length === MOST_SHOWN) break;
      holders.push({ g: nameOf(key), since });
    }
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
  /** The pending timers of each run. */
  readonly #timersOf = new Map<number, Set<ThingId>>();
  /** Called with each that is forgotten. */
  readonly #forgotten: (thing: Thing) => void;

  constructor(forgotten: (thing: Thing) => void) {
    this.#forgotten = forgotten;
  }

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
      if (this.#all.size >= MOST * 1.1) this.#trim();
      thing = new Thing(id, kind, name);
      this.#all.set(id, thing);
    }
    return thing;
  }

  #trim(): void {
    for (const pass of ["idle", "any"]) {
      for (const [id, thing] of this.#all) {
        if (this.#all.size <= MOST) return;
        if (pass !== "any" && !thing.idle) continue;
        this.#all.delete(id);
        this.#forgotten(thing);
      }
    }
  }

  lock(thing: Thing, key: number, time: number): void {
    if (thing.kind === "mutex") thing.holders.clear();
    thing.holders.add(key, time);
  }

  setTimer(id: ThingId, run: number, due: number): Thing | null {
    if (this.#timers.size >= MOST) return null;
    const timer = new Thing(id, "timer", id.slice("timer/".length), run);
    timer.value = due;
    this.#timers.set(id, timer);
    const siblings = this.#timersOf.get(run);
    if (siblings === undefined) this.#timersOf.set(run, new Set([id]));
    else siblings.add(id);
    return timer;
  }

  endTimer(id: ThingId): void {
    const timer = this.#timers.get(id);
    if (timer === undefined) return;
    this.#timers.delete(id);
    const siblings = this.#timersOf.get(timer.run);
    siblings?.delete(id);
    if (siblings?.size === 0) this.#timersOf.delete(timer.run);
  }

  /** The run is over, and with it its timers. */
  endRun(run: number): void {
    for (const id of this.#timersOf.get(run) ?? []) this.#timers.delete(id);
    this.#timersOf.delete(run);
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
