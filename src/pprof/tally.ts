/**
 * Adds up what goroutines do: by function, by the line where they wait, by channel, by lock.
 *
 * It is fed the events of a program in order, through a timeline a thread, and with places that were noted when some of
 * them happened. It holds nothing of the program. How much it can hold is bounded: what is beyond that counts as "others".
 *
 * A line is known only of those waits whose place was noted. All waits of one function for one thing are counted; their
 * lines get the share that they have of the waits with a place.
 */
import type { ToldThing } from "../runtime/types.ts";
import type { Entry, Told } from "../trace/chunk.ts";
import type { Place } from "../trace/places.ts";
import { keyOf, type Point, type Sink, type TrackState } from "../trace/timeline.ts";
import { Spread } from "./spread.ts";

/** Rows of a table; what would be one more is counted in the row `OTHERS`. */
const MOST_ROWS = 5_000;
export const OTHERS = "others";
/** Lines at which one function waits for one thing. */
const MOST_LINES = 100;
/** Goroutines, channels and held locks that are known at a time. */
const MOST_KNOWN = 200_000;

/** A goroutine function. */
export class Family {
  readonly name: string;
  /** Where its goroutines were started. */
  readonly origin: Place;
  started = 0;
  live = 0;
  /** Milliseconds in all, and the longest stretch without a pause. */
  running = 0;
  longest = 0;
  /** From when one could run until it ran. */
  readonly runnable: Spread = new Spread();
  /** Milliseconds of waiting, by reason. */
  readonly blocked: Map<string, number> = new Map();

  constructor(name: string, origin: Place) {
    this.name = name;
    this.origin = origin;
  }
}

/** Waits of one function for one thing. */
export class Group {
  readonly family: Family;
  readonly reason: string;
  /** What is waited for, where it has a name; "" else. */
  readonly on: string;
  /** Whether it is a lock. */
  readonly lock: boolean;
  readonly all: Spread = new Spread();
  /** Those of which the place was noted, by the place. */
  readonly lines: Map<Place, Spread> = new Map();

  constructor(family: Family, reason: string, on: string, lock: boolean) {
    this.family = family;
    this.reason = reason;
    this.on = on;
    this.lock = lock;
  }
}

/** Channels that have one name or were made at one place. */
export class Channels {
  readonly name: string;
  readonly made: Place;
  readonly capacity: number;
  /** How many there were. */
  count = 0;
  sent = 0;
  received = 0;
  /** Milliseconds that one was watched, in which its buffer was full, and that times the values in it. */
  watched = 0;
  full = 0;
  filled = 0;
  readonly senders: Spread = new Spread();
  readonly receivers: Spread = new Spread();

  constructor(name: string, made: Place, capacity: number) {
    this.name = name;
    this.made = made;
    this.capacity = capacity;
  }
}

interface Channel {
  readonly all: Channels;
  length: number;
  since: number;
}

export class Lock {
  readonly name: string;
  readonly waits: Spread = new Spread();
  readonly holds: Spread = new Spread();
  /** Who held it longest, and where it was taken then. */
  holder: Family | null = null;
  taken: Place = NOWHERE;

  constructor(name: string) {
    this.name = name;
  }
}

interface Hold {
  readonly key: number;
  /** Known when it is taken: a run that ends with it in hand takes its goroutines along. */
  readonly family: Family;
  readonly time: number;
  readonly place: Place;
}

export const NOWHERE: Place = { n: 0, frames: [] };

/** Locks, whose waits are those of Go's mutex profile too. */
const LOCKS: ReadonlySet<string> = new Set(["Mutex", "RWMutex", "SharedMutex", "Semaphore", "SharedSemaphore"]);

export const isLock = (thing: ToldThing | null | undefined): boolean => thing != null && LOCKS.has(thing.kind);

export class Tally {
  readonly families: Map<string, Family> = new Map();
  readonly groups: Map<string, Group> = new Map();
  readonly channels: Map<string, Channels> = new Map();
  readonly locks: Map<string, Lock> = new Map();
  /** Milliseconds that each thread ran goroutines. */
  readonly busy: Map<number, number> = new Map();
  readonly #routines = new Map<number, Family>();
  /** By thread and number: each thread numbers its own. */
  readonly #open = new Map<number, Channel>();
  readonly #held = new Map<string, Hold[]>();
  /** Where goroutines were when they did something, until that is read or the wait that it began is over. */
  readonly #noted = new Map<number, { readonly time: number; readonly place: Place }[]>();
  readonly #unknown = this.family("async function", NOWHERE);

  /** The function of that name which is started at `origin`. */
  family(name: string, origin: Place): Family {
    return row(this.families, `${name}\n${origin.n}`, (named) =>
      named ? new Family(name, origin) : new Family(OTHERS, NOWHERE),
    );
  }

  /** A goroutine was started. */
  started(key: number, name: string, origin: Place): void {
    this.met(key, name, origin).started++;
  }

  /** A goroutine is there. */
  met(key: number, name: string, origin: Place = NOWHERE): Family {
    const family = this.family(name, origin);
    if (this.#routines.size < MOST_KNOWN) this.#routines.set(key, family);
    family.live++;
    return family;
  }

  /** It did something there: what, the event of that time says. */
  note(key: number, time: number, place: Place): void {
    const there = this.#noted.get(key);
    if (there !== undefined) there.push({ time, place });
    else if (this.#noted.size < MOST_KNOWN) this.#noted.set(key, [{ time, place }]);
  }

  /** A channel was made there. */
  made(thread: number, chan: number, time: number, shape: Pick<Entry, "text" | "length">, place: Place): void {
    const { text: name, length: capacity } = shape;
    const all = row(this.channels, name === "" ? `at ${place.n}, ${capacity}` : `called ${name}`, (named) =>
      named ? new Channels(name, place, capacity) : new Channels(OTHERS, NOWHERE, 0),
    );
    all.count++;
    if (this.#open.size > MOST_KNOWN) this.#forgetChannel();
    this.#open.set(chan * 256 + thread, { all, length: 0, since: time });
  }

  /** The one that was made first: nothing tells when a channel is gone. */
  #forgetChannel(): void {
    for (const key of this.#open.keys()) {
      this.#open.delete(key);
      return;
    }
  }

  /** What an event says of things. Called once the timeline has it. */
  take({ kind, run, g, time, text, told, chan, length, direct, ok }: Entry, thread: number): void {
    if (kind === "chan-send" || kind === "chan-recv") {
      const channel = this.#channel(thread, chan, time);
      // The partner's part has no event of its own: who was waiting has sent, or has received.
      const both = direct || (kind === "chan-recv" && length === channel.length);
      fill(channel, time, length);
      if (ok && (both || kind === "chan-send")) channel.all.sent++;
      if (ok && (both || kind === "chan-recv")) channel.all.received++;
    } else if (kind === "run-end") {
      this.#runEnded(run);
    } else if (kind === "lock") {
      if (!isLock(told?.on)) return;
      const holds = this.#held.get(text);
      const key = keyOf(run, g);
      // Handed over, it was taken where that goroutine waited.
      const place = this.#placeOf(key, time) ?? this.#noted.get(key)?.at(-1)?.place ?? NOWHERE;
      const hold = { key, family: this.#routines.get(key) ?? this.#unknown, time, place };
      if (holds !== undefined) holds.push(hold);
      else if (this.#held.size < MOST_KNOWN) this.#held.set(text, [hold]);
    } else if (kind === "unlock") {
      const holds = this.#held.get(text);
      if (holds === undefined) return;
      const at = holds.findIndex(({ key }) => key === keyOf(run, g));
      // Another than who locked it may unlock it.
      const [hold] = holds.splice(Math.max(0, at), 1);
      if (holds.length === 0) this.#held.delete(text);
      if (hold !== undefined) this.#letGo(text, hold, time);
    }
  }

  #letGo(name: string, { family, time, place }: Hold, now: number): void {
    const lock = this.lock(name);
    if (now - time > lock.holds.longest) {
      lock.holder = family;
      lock.taken = place;
    }
    lock.holds.add(now - time);
  }

  lock(name: string): Lock {
    return row(this.locks, name, (named) => new Lock(named ? name : OTHERS));
  }

  #channel(thread: number, chan: number, time: number): Channel {
    const known = this.#open.get(chan * 256 + thread);
    if (known !== undefined) return known;
    this.made(thread, chan, time, { text: "", length: 0 }, NOWHERE);
    return this.#open.get(chan * 256 + thread) as Channel;
  }

  /** What the timeline of a thread tells. */
  sink(thread: number): Sink {
    return {
      run: () => {},
      goroutine: () => {},
      span: (kind, _, from, end, told) => this.#span(kind, from, end, told, thread),
      overlay: (kind, _, from, end, told) => {
        if (kind === "await") this.#waited(from, end, told, thread);
      },
      arrow: () => {},
      instant: () => {},
      counter: () => {},
      state: (state, at) => this.#state(state, at),
    };
  }

  #state(state: TrackState | "ended", { run, g }: Point): void {
    if (state !== "ended") return;
    const key = keyOf(run, g);
    const family = this.#routines.get(key);
    if (family === undefined) return;
    family.live--;
    this.#routines.delete(key);
    this.#noted.delete(key);
  }

  /** All of a run have ended with it. */
  #runEnded(run: number): void {
    for (const [key, family] of this.#routines) {
      if (Math.floor(key / 2 ** 32) !== run) continue;
      family.live--;
      this.#routines.delete(key);
    }
  }

  #span(kind: "running" | "runnable" | "blocked", from: Point, end: number, told: Told | null, thread: number): void {
    if (kind === "blocked") {
      this.#waited(from, end, told, thread);
      return;
    }
    const family = this.#routines.get(keyOf(from.run, from.g)) ?? this.#unknown;
    const ms = end - from.time;
    if (kind === "runnable") family.runnable.add(ms);
    else {
      family.running += ms;
      family.longest = Math.max(family.longest, ms);
      this.busy.set(thread, (this.busy.get(thread) ?? 0) + ms);
    }
  }

  #waited(from: Point, end: number, told: Told | null, thread: number): void {
    const key = keyOf(from.run, from.g);
    const family = this.#routines.get(key) ?? this.#unknown;
    const ms = end - from.time;
    const reason = told?.reason ?? "await";
    family.blocked.set(reason, (family.blocked.get(reason) ?? 0) + ms);
    const channel = told !== null && told.chan !== 0 ? this.#channel(thread, told.chan, from.time).all : null;
    const on = channel === null ? (told?.what ?? "") : channel.name;
    const group = row(
      this.groups,
      `${family.name}\n${family.origin.n}\n${reason}\n${on}`,
      (named) => new Group(named ? family : this.#unknown, named ? reason : OTHERS, named ? on : "", isLock(told?.on)),
    );
    group.all.add(ms);
    const place = this.#placeOf(key, from.time);
    if (place !== null) spreadOf(group.lines, place).add(ms);
    if (channel !== null) (told?.verb === "send" ? channel.senders : channel.receivers).add(ms);
    if (isLock(told?.on)) this.lock(on).waits.add(ms);
  }

  #placeOf(key: number, time: number): Place | null {
    const noted = this.#noted.get(key);
    const at = noted?.findIndex((each) => each.time === time) ?? -1;
    if (noted === undefined || at < 0) return null;
    const [found] = noted.splice(at, 1);
    if (noted.length === 0) this.#noted.delete(key);
    return found?.place ?? null;
  }

  /** Ends what has not ended, at `time`, after the timelines have. */
  end(time: number): void {
    for (const channel of this.#open.values()) fill(channel, time, channel.length);
    for (const [name, holds] of this.#held) for (const hold of holds) this.#letGo(name, hold, time);
    this.#held.clear();
  }
}

/** From now on there are `length` values in it. */
function fill(channel: Channel, time: number, length: number): void {
  const { all } = channel;
  const ms = time - channel.since;
  all.watched += ms;
  all.filled += ms * channel.length;
  if (all.capacity > 0 && channel.length >= all.capacity) all.full += ms;
  channel.length = length;
  channel.since = time;
}

function spreadOf(lines: Map<Place, Spread>, place: Place): Spread {
  let spread = lines.get(place);
  if (spread === undefined) {
    spread = new Spread();
    if (lines.size < MOST_LINES) lines.set(place, spread);
  }
  return spread;
}

/** The row of that key, or where there are too many the one that stands for all others. */
function row<T>(rows: Map<string, T>, key: string, make: (named: boolean) => T): T {
  const known = rows.get(key);
  if (known !== undefined) return known;
  if (rows.size >= MOST_ROWS && key !== OTHERS) return row(rows, OTHERS, make);
  const made = make(key !== OTHERS);
  rows.set(key, made);
  return made;
}
