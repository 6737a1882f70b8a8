/**
 * What recorded events mean: stretches of time on the track of each goroutine (running, runnable, blocked and on what),
 * arrows from who sent to who received, counters.
 *
 * It is fed records in order and tells a `Sink`. Fed without one it only keeps track, which is how a flight recorder
 * forgets the past and still knows, at the start of what it kept, who everyone is and what they wait for.
 *
 * An async function tells when it starts and ends, not when it suspends: it stops running when somebody else does
 * anything, and what it awaits are stretches of their own.
 */
import type { Entry } from "./chunk.ts";
import { Senders } from "./senders.ts";

/** Where a thing happened: on the track of a goroutine, at a time in milliseconds. */
export interface Point {
  readonly run: number;
  readonly g: number;
  readonly time: number;
}

export interface Sink {
  run(run: number, name: string): void;
  goroutine(run: number, g: number, name: string): void;
  /** A stretch on the track of a goroutine. Those of one track follow each other. */
  span(kind: "running" | "runnable" | "blocked", name: string, start: Point, end: number): void;
  /** A stretch that may overlap others of its goroutine: a region, a lock held, something awaited. */
  overlay(kind: "region" | "lock" | "await", name: string, start: Point, end: number): void;
  arrow(kind: "chan" | "wake", name: string, from: Point, to: Point): void;
  instant(kind: "panic" | "close" | "log" | "end", name: string, at: Point): void;
  counter(run: number, name: string, time: number, value: number): void;
  /** It has come into this state; "async" for an async function that has suspended. For who draws what is now. */
  state?(state: TrackState | "ended", waitsFor: string, at: Point): void;
}

export type TrackState = "running" | "runnable" | "blocked" | "async";

interface Track {
  readonly run: number;
  readonly g: number;
  readonly name: string;
  state: TrackState;
  since: number;
  waitsFor: string;
  /** Its name was told. */
  told: boolean;
  /** Where arrows start that end when it runs again. */
  arrows: { readonly kind: "chan" | "wake"; readonly name: string; readonly from: Point }[];
  regions: { readonly name: string; readonly since: number }[];
}

interface Counter {
  told: number;
  at: number;
  value: number;
}

/** What a goroutine has just done to a channel. */
interface Transfer {
  readonly kind: "chan-send" | "chan-recv" | "chan-close";
  readonly chan: number;
  readonly direct: boolean;
}

interface Wait {
  readonly point: Point;
  readonly name: string;
}

/** Values of a counter are this many milliseconds apart, at least: a drawing shows no more. */
const COUNTER_STEP = 0.1;
/** Channels that are remembered: nothing tells when one is gone. */
const MAX_CHANNELS = 100_000;

const idOf = (run: number, g: number): number => run * 2 ** 32 + g;

export class Timeline {
  #sink: Sink | null = null;
  readonly #tracks = new Map<number, Track>();
  readonly #channels = new Map<number, Senders>();
  readonly #runs = new Map<number, string>();
  readonly #awaits = new Map<number, Wait>();
  readonly #locks = new Map<string, Wait>();
  readonly #counters = new Map<string, Counter>();
  readonly #runnable = new Map<number, number>();
  #running: Track | null = null;
  /** The channel operation that may wake somebody with the next record. */
  #last: Transfer | null = null;
  #time = 0;

  /** One that goes on from here on its own. */
  fork(): Timeline {
    const copy = new Timeline();
    for (const [id, track] of this.#tracks) {
      copy.#tracks.set(id, { ...track, told: false, arrows: [...track.arrows], regions: [...track.regions] });
    }
    for (const [id, channel] of this.#channels) copy.#channels.set(id, channel.copy());
    for (const [id, name] of this.#runs) copy.#runs.set(id, name);
    for (const [id, wait] of this.#awaits) copy.#awaits.set(id, wait);
    for (const [id, wait] of this.#locks) copy.#locks.set(id, wait);
    for (const [id, n] of this.#runnable) copy.#runnable.set(id, n);
    copy.#running = this.#running === null ? null : (copy.#track(this.#running) ?? null);
    copy.#last = this.#last;
    copy.#time = this.#time;
    return copy;
  }

  /** Runs that were under way before the first record. */
  met(runs: Iterable<{ readonly id: number; readonly name: string }>): void {
    for (const { id, name } of runs) this.#startRun(id, name);
  }

  /** Tells `sink` from now on, beginning with the runs that there are. */
  tell(sink: Sink): void {
    this.#sink = sink;
    for (const [run, name] of this.#runs) sink.run(run, name);
  }

  /** Ends what has not ended, at `time`. */
  end(time: number): void {
    for (const track of this.#tracks.values()) this.#close(track, Math.max(time, track.since));
    for (const { name, point } of this.#awaits.values()) this.#sink?.overlay("await", name, point, time);
    for (const { name, point } of this.#locks.values()) this.#sink?.overlay("lock", name, point, time);
    this.#flushCounters(time);
  }

  readonly take = (entry: Entry): void => {
    const { kind, run, g, time } = entry;
    this.#time = time;
    const last = this.#last;
    if (kind !== "select") this.#last = null;
    const running = this.#running;
    if (running !== null && !canBeBy(entry, running)) this.#leave(running, "async", "", time);
    switch (kind) {
      case "run-start":
        this.#startRun(run, entry.text);
        return;
      case "run-end":
        this.#endRun(entry);
        return;
      case "go-create":
        this.#create(entry);
        return;
      case "go-start":
      case "go-resume":
        this.#resume(this.#track(entry), time);
        return;
      case "go-yield":
        this.#leave(this.#track(entry), "runnable", "", time);
        this.#queue(run, 1);
        return;
      case "go-park":
        if (entry.wait === 0) this.#leave(this.#track(entry), "blocked", this.#waitName(entry.text, entry.chan), time);
        else this.#awaits.set(entry.wait, { point: { run, g, time }, name: this.#waitName(entry.text, entry.chan) });
        return;
      case "go-ready":
        this.#ready(entry, last);
        return;
      case "go-end":
      case "go-panic":
        this.#endGoroutine(entry);
        return;
      case "chan-make":
        this.#channel(entry.chan, 0).name = entry.text;
        return;
      case "chan-send":
      case "chan-recv":
        this.#transfer(entry);
        return;
      case "chan-close":
        this.#last = { kind, chan: entry.chan, direct: false };
        this.#sink?.instant("close", `close ${this.#chanName(entry.chan)}`, { run, g, time });
        return;
      case "lock":
        this.#locks.set(`${run} ${entry.text}`, { point: { run, g, time }, name: `holds ${entry.text}` });
        return;
      case "unlock":
        this.#unlock(`${run} ${entry.text}`, time);
        return;
      case "region-start":
        this.#track(entry).regions.push({ name: entry.text, since: time });
        return;
      case "region-end":
        this.#endRegion(this.#track(entry), entry.text, time);
        return;
      case "log":
        this.#sink?.instant("log", entry.text, { run, g, time });
    }
  };

  #startRun(run: number, name: string): void {
    this.#runs.set(run, name);
    this.#sink?.run(run, name);
  }

  #endRun({ run, text, time }: Entry): void {
    this.over(run, time);
    this.#sink?.instant("end", text === "" ? "the run is over" : text, { run, g: 1, time });
  }

  #create({ run, g, text, time, by }: Entry): void {
    const track = this.#open(run, g, text, "runnable", time);
    this.#queue(run, 1);
    if (by !== 0) track.arrows.push({ kind: "wake", name: "go", from: { run, g: by, time } });
  }

  /** The run is over, and with it all of its goroutines that this tells of. */
  over(run: number, time: number): void {
    for (const [id, track] of this.#tracks) {
      if (track.run !== run) continue;
      this.#close(track, Math.max(time, track.since));
      this.#tracks.delete(id);
    }
    this.#runs.delete(run);
    this.#runnable.delete(run);
  }

  /** Another thread, that of `to`, goes on with that goroutine, which was started here. */
  moved(run: number, g: number, to: Timeline): void {
    const id = idOf(run, g);
    const track = this.#tracks.get(id);
    if (track === undefined) return;
    this.#tracks.delete(id);
    this.#queue(run, -1);
    to.#tracks.set(id, track);
  }

  #open(run: number, g: number, name: string, state: TrackState, since: number): Track {
    const track: Track = { run, g, name, state, since, waitsFor: "", told: false, arrows: [], regions: [] };
    this.#tracks.set(idOf(run, g), track);
    this.#sink?.state?.(state, "", { run, g, time: since });
    return track;
  }

  /** The track of a goroutine; one that was there before the recording began is met the first time it does something. */
  #track({ run, g }: { readonly run: number; readonly g: number }): Track {
    return this.#tracks.get(idOf(run, g)) ?? this.#open(run, g, "", "running", this.#time);
  }

  #resume(track: Track, time: number): void {
    this.#close(track, time);
    track.state = "running";
    track.since = time;
    this.#sink?.state?.("running", "", { run: track.run, g: track.g, time });
    this.#queue(track.run, -1);
    this.#running = track;
    if (this.#sink !== null) {
      const to = { run: track.run, g: track.g, time };
      for (const { kind, name, from } of track.arrows) this.#sink.arrow(kind, name, from, to);
    }
    track.arrows = [];
  }

  /** It stops running. */
  #leave(track: Track, state: TrackState, waitsFor: string, time: number): void {
    this.#close(track, time);
    this.#sink?.state?.(state, waitsFor, { run: track.run, g: track.g, time });
    track.state = state;
    track.since = time;
    track.waitsFor = waitsFor;
    if (this.#running === track) this.#running = null;
  }

  /** Tells of the stretch that ends now. */
  #close(track: Track, time: number): void {
    const sink = this.#sink;
    const { state, since } = track;
    if (sink === null || state === "async" || time <= since) return;
    if (!track.told) {
      track.told = true;
      sink.goroutine(track.run, track.g, track.name);
    }
    sink.span(state, state === "blocked" ? track.waitsFor : state, { run: track.run, g: track.g, time: since }, time);
  }

  #ready({ run, g, time, wait, by, byRun }: Entry, last: Transfer | null): void {
    if (wait !== 0) {
      const awaited = this.#awaits.get(wait);
      this.#awaits.delete(wait);
      if (awaited !== undefined) this.#sink?.overlay("await", awaited.name, awaited.point, time);
      return;
    }
    const track = this.#track({ run, g });
    const parked = { run, g, time: track.since };
    this.#leave(track, "runnable", "", time);
    this.#queue(run, 1);
    const waker = { run: byRun, g: by, time };
    if (last === null || last.kind === "chan-close") {
      if (by !== 0 && (by !== g || byRun !== run))
        track.arrows.push({ kind: "wake", name: last === null ? "wake" : "close", from: waker });
    } else if (last.kind === "chan-send") {
      track.arrows.push({ kind: "chan", name: this.#chanName(last.chan), from: waker });
    } else if (last.direct) {
      // The receiver took the value of a parked sender.
      this.#sink?.arrow("chan", this.#chanName(last.chan), parked, waker);
    } else {
      // The value of a parked sender went into the slot that the receiver freed.
      this.#channel(last.chan, 0).push(parked);
    }
  }

  #transfer({ kind, run, g, time, chan, length, direct, ok }: Entry): void {
    this.#last = { kind: kind as "chan-send" | "chan-recv", chan, direct };
    if (direct || !ok) return;
    const channel = this.#channel(chan, kind === "chan-send" ? length - 1 : length + 1);
    const here = { run, g, time };
    if (kind === "chan-send") channel.push(here);
    else {
      const from = channel.shift();
      if (from !== undefined) this.#sink?.arrow("chan", this.#chanName(chan), from, here);
    }
    this.#count(run, `length of ${this.#chanName(chan)}`, length, time);
  }

  #endGoroutine({ kind, run, g, text, time }: Entry): void {
    const track = this.#track({ run, g });
    this.#leave(track, "async", "", time);
    if (kind === "go-panic") this.#sink?.instant("panic", `panic: ${text}`, { run, g, time });
    for (const { name } of [...track.regions].reverse()) this.#endRegion(track, name, time);
    this.#tracks.delete(idOf(run, g));
    this.#sink?.state?.("ended", "", { run, g, time });
  }

  #endRegion(track: Track, name: string, time: number): void {
    const at = track.regions.findLastIndex((region) => region.name === name);
    const region = track.regions[at];
    if (region === undefined) return;
    track.regions.splice(at, 1);
    this.#sink?.overlay("region", name, { run: track.run, g: track.g, time: region.since }, time);
  }

  #unlock(id: string, time: number): void {
    const held = this.#locks.get(id);
    this.#locks.delete(id);
    if (held !== undefined) this.#sink?.overlay("lock", held.name, held.point, time);
  }

  #queue(run: number, by: number): void {
    const n = Math.max(0, (this.#runnable.get(run) ?? 0) + by);
    this.#runnable.set(run, n);
    this.#count(run, "runnable goroutines", n, this.#time);
  }

  #count(run: number, name: string, value: number, time: number): void {
    if (this.#sink === null) return;
    const id = `${run} ${name}`;
    let counter = this.#counters.get(id);
    if (counter === undefined) {
      counter = { told: Number.NaN, at: Number.NEGATIVE_INFINITY, value };
      this.#counters.set(id, counter);
    }
    counter.value = value;
    if (time - counter.at < COUNTER_STEP || counter.told === value) return;
    counter.told = value;
    counter.at = time;
    this.#sink.counter(run, name, time, value);
  }

  #flushCounters(time: number): void {
    for (const [id, { told, value }] of this.#counters) {
      const space = id.indexOf(" ");
      if (told !== value) this.#sink?.counter(Number(id.slice(0, space)), id.slice(space + 1), time, value);
    }
  }

  /** The channel; one that is new here has `length` values in its buffer. */
  #channel(chan: number, length: number): Senders {
    let channel = this.#channels.get(chan);
    if (channel === undefined) {
      channel = new Senders(length);
      this.#channels.set(chan, channel);
      const [first] = this.#channels.keys();
      if (this.#channels.size > MAX_CHANNELS && first !== undefined) this.#channels.delete(first);
    }
    return channel;
  }

  #chanName(chan: number): string {
    const name = this.#channels.get(chan)?.name;
    return name === undefined || name === "" ? `chan #${chan}` : name;
  }

  #waitName(text: string, chan: number): string {
    return chan === 0 ? text : `${text} ${this.#chanName(chan)}`;
  }
}

/** Whether `running` may still run; else it is an async function and has suspended, because somebody else runs, or the host. */
function canBeBy({ kind, run, g, by, byRun, wait }: Entry, running: Track): boolean {
  if (kind === "go-start" || kind === "go-resume") return false;
  if (kind === "go-ready") return by === running.g && byRun === running.run;
  return kind !== "go-park" || wait === 0 || (g === running.g && run === running.run);
}
