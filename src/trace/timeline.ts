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
import type { Entry, Told } from "./chunk.ts";
import { Senders } from "./senders.ts";

/** Where a thing happened: on the track of a goroutine, at a time in milliseconds. */
export interface Point {
  readonly run: number;
  readonly g: number;
  readonly time: number;
}

/** A goroutine in one number: its own is unique in its run over all threads. */
export const keyOf = (run: number, g: number): number => run * 2 ** 32 + g;

export interface Sink {
  run(run: number, name: string): void;
  goroutine(run: number, g: number, name: string): void;
  /** A stretch on the track of a goroutine. Those of one track follow each other. `told` is what a blocked one waited for. */
  span(kind: "running" | "runnable" | "blocked", name: string, start: Point, end: number, told: Told | null): void;
  /** A stretch that may overlap others of its goroutine: a region, a lock held, something awaited, which is `told`. */
  overlay(kind: "region" | "lock" | "await", name: string, start: Point, end: number, told: Told | null): void;
  arrow(kind: "chan" | "wake", name: string, from: Point, to: Point): void;
  instant(kind: "panic" | "close" | "log" | "end", name: string, at: Point): void;
  counter(run: number, name: string, time: number, value: number): void;
  /** It has come into this state; "async" for an async function that has suspended. For who draws what is now. */
  state?(state: TrackState | "ended", at: Point): void;
}

export type TrackState = "running" | "runnable" | "blocked" | "async";

interface Track {
  readonly run: number;
  readonly g: number;
  readonly name: string;
  state: TrackState;
  since: number;
  /** Why it is blocked, and on which channel; 0 for none. */
  waitsFor: string;
  chan: number;
  awaited: Told | null;
  /** Its name was told. */
  told: boolean;
  /** Where arrows start that end when it runs again; null for none. */
  arrows: { readonly kind: "chan" | "wake"; readonly name: string; readonly from: Point }[] | null;
  /** The regions that it is in: since when, by name, the outermost first; null for none. */
  regions: Map<string, number[]> | null;
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
  readonly waitsFor: string;
  readonly chan: number;
  readonly awaited: Told | null;
}

/** What is known of one run, so that all of it goes when the run is over. */
class Run {
  /** Null where its beginning was not seen. */
  name: string | null;
  readonly tracks: Map<number, Track> = new Map();
  /** Waits of async functions, by their number. */
  readonly awaits: Map<number, Wait> = new Map();
  readonly locks: Map<string, Point> = new Map();
  readonly counters: Map<string, Counter> = new Map();
  runnable = 0;

  constructor(name: string | null = null) {
    this.name = name;
  }

  /** One that goes on from here on its own. Its goroutines have not been told, and neither have its counters. */
  fork(): Run {
    const copy = new Run(this.name);
    for (const [g, track] of this.tracks) {
      const arrows = track.arrows === null ? null : [...track.arrows];
      const regions =
        track.regions === null ? null : new Map([...track.regions].map(([name, nested]) => [name, [...nested]]));
      copy.tracks.set(g, { ...track, told: false, arrows, regions });
    }
    for (const [number, wait] of this.awaits) copy.awaits.set(number, wait);
    for (const [lock, wait] of this.locks) copy.locks.set(lock, wait);
    copy.runnable = this.runnable;
    return copy;
  }
}

/** Values of a counter are this many milliseconds apart, at least: a drawing shows no more. */
const COUNTER_STEP = 0.1;
/** Channels that are remembered: nothing tells when one is gone. */
const MAX_CHANNELS = 100_000;
/** Goroutines of a run that are remembered: of one that was forgotten, the next thing that it does is the first. */
const MAX_TRACKS = 100_000;

export class Timeline {
  #sink: Sink | null = null;
  readonly #runs = new Map<number, Run>();
  readonly #channels = new Map<number, Senders>();
  #running: Track | null = null;
  /** The channel operation that may wake somebody with the next record. */
  #last: Transfer | null = null;
  #time = 0;

  /** One that goes on from here on its own. */
  fork(): Timeline {
    const copy = new Timeline();
    for (const [id, run] of this.#runs) copy.#runs.set(id, run.fork());
    for (const [id, channel] of this.#channels) copy.#channels.set(id, channel.copy());
    copy.#running = this.#running === null ? null : copy.#track(this.#running);
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
    for (const [id, { name }] of this.#runs) if (name !== null) sink.run(id, name);
  }

  /** Ends what has not ended, at `time`. */
  end(time: number): void {
    for (const [id, run] of this.#runs) this.#closeAll(id, run, time);
  }

  readonly take = (entry: Entry): void => {
    const { kind, run, g, time } = entry;
    this.#time = time;
    const last = this.#last;
    if (kind !== "select") this.#last = null;
    const running = this.#running;
    if (running !== null && !canBeBy(entry, running)) this.#leave(running, "async", time);
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
        this.#leave(this.#track(entry), "runnable", time);
        this.#queue(run, 1);
        return;
      case "go-park":
        if (entry.wait === 0) this.#leave(this.#track(entry), "blocked", time, entry);
        else {
          const { wait, text: waitsFor, chan, told: awaited } = entry;
          this.#run(run).awaits.set(wait, { point: { run, g, time }, waitsFor, chan, awaited });
        }
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
        this.#run(run).locks.set(entry.text, { run, g, time });
        return;
      case "unlock":
        this.#unlock(entry);
        return;
      case "region-start":
        this.#startRegion(this.#track(entry), entry.text, time);
        return;
      case "region-end":
        this.#endRegion(this.#track(entry), entry.text, time);
        return;
      case "log":
        this.#sink?.instant("log", entry.text, { run, g, time });
    }
  };

  #startRun(id: number, name: string): void {
    this.#run(id).name = name;
    this.#sink?.run(id, name);
  }

  #run(id: number): Run {
    let run = this.#runs.get(id);
    if (run === undefined) {
      run = new Run();
      this.#runs.set(id, run);
    }
    return run;
  }

  #endRun({ run, text, time }: Entry): void {
    this.over(run, time);
    this.#sink?.instant("end", text === "" ? "the run is over" : text, { run, g: 1, time });
  }

  #create({ run, g, text, time, by }: Entry): void {
    const track = this.#open(run, g, text, "runnable", time);
    this.#queue(run, 1);
    if (by !== 0) comesFrom(track, "wake", "go", { run, g: by, time });
  }

  /** The run is over, and with it all of its goroutines that this tells of. */
  over(id: number, time: number): void {
    const run = this.#runs.get(id);
    if (run !== undefined) this.#closeAll(id, run, time);
    this.#runs.delete(id);
  }

  #closeAll(id: number, { tracks, awaits, locks, counters }: Run, time: number): void {
    for (const track of tracks.values()) this.#close(track, Math.max(time, track.since));
    for (const wait of awaits.values()) {
      this.#sink?.overlay("await", this.#waitName(wait), wait.point, time, wait.awaited);
    }
    for (const [lock, from] of locks) this.#sink?.overlay("lock", `holds ${lock}`, from, time, null);
    for (const [name, { told, value }] of counters) {
      if (told !== value) this.#sink?.counter(id, name, time, value);
    }
  }

  /** Another thread, that of `to`, goes on with that goroutine, which was started here. */
  moved(run: number, g: number, to: Timeline): void {
    const { tracks } = this.#run(run);
    const track = tracks.get(g);
    if (track === undefined) return;
    tracks.delete(g);
    this.#queue(run, -1);
    to.#run(run).tracks.set(g, track);
  }

  #open(run: number, g: number, name: string, state: TrackState, since: number): Track {
    const track: Track = {
      run,
      g,
      name,
      state,
      since,
      waitsFor: "",
      chan: 0,
      awaited: null,
      told: false,
      arrows: null,
      regions: null,
    };
    const { tracks } = this.#run(run);
    tracks.set(g, track);
    forgetOldest(tracks, MAX_TRACKS);
    this.#sink?.state?.(state, { run, g, time: since });
    return track;
  }

  /** The track of a goroutine; one that was there before the recording began is met the first time it does something. */
  #track({ run, g }: { readonly run: number; readonly g: number }): Track {
    return this.#runs.get(run)?.tracks.get(g) ?? this.#open(run, g, "", "running", this.#time);
  }

  #resume(track: Track, time: number): void {
    this.#close(track, time);
    track.state = "running";
    track.since = time;
    this.#sink?.state?.("running", { run: track.run, g: track.g, time });
    this.#queue(track.run, -1);
    this.#running = track;
    if (this.#sink !== null) {
      const to = { run: track.run, g: track.g, time };
      for (const { kind, name, from } of track.arrows ?? []) this.#sink.arrow(kind, name, from, to);
    }
    track.arrows = null;
  }

  /** It stops running. */
  #leave(track: Track, state: TrackState, time: number, { text, chan, told }: Partial<Entry> = {}): void {
    this.#close(track, time);
    this.#sink?.state?.(state, { run: track.run, g: track.g, time });
    track.state = state;
    track.since = time;
    track.waitsFor = text ?? "";
    track.chan = chan ?? 0;
    track.awaited = told ?? null;
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
    sink.span(
      state,
      state === "blocked" ? this.#waitName(track) : state,
      { run: track.run, g: track.g, time: since },
      time,
      track.awaited,
    );
  }

  #ready({ run, g, time, wait, by, byRun }: Entry, last: Transfer | null): void {
    if (wait !== 0) {
      const { awaits } = this.#run(run);
      const awaited = awaits.get(wait);
      awaits.delete(wait);
      if (awaited !== undefined) {
        this.#sink?.overlay("await", this.#waitName(awaited), awaited.point, time, awaited.awaited);
      }
      return;
    }
    const track = this.#track({ run, g });
    const parked = { run, g, time: track.since };
    this.#leave(track, "runnable", time);
    this.#queue(run, 1);
    const waker = { run: byRun, g: by, time };
    if (last === null || last.kind === "chan-close") {
      if (by !== 0 && (by !== g || byRun !== run)) comesFrom(track, "wake", last === null ? "wake" : "close", waker);
    } else if (last.kind === "chan-send") {
      comesFrom(track, "chan", this.#chanName(last.chan), waker);
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
    this.#leave(track, "async", time);
    if (kind === "go-panic") this.#sink?.instant("panic", `panic: ${text}`, { run, g, time });
    for (const [name, nested] of [...(track.regions ?? [])].reverse()) {
      for (let left = nested.length; left > 0; left--) this.#endRegion(track, name, time);
    }
    this.#run(run).tracks.delete(g);
    this.#sink?.state?.("ended", { run, g, time });
  }

  #startRegion(track: Track, name: string, time: number): void {
    track.regions ??= new Map();
    const nested = track.regions.get(name);
    if (nested === undefined) track.regions.set(name, [time]);
    else nested.push(time);
  }

  #endRegion({ run, g, regions }: Track, name: string, time: number): void {
    const nested = regions?.get(name);
    const since = nested?.pop();
    if (nested === undefined || since === undefined) return;
    if (nested.length === 0) regions?.delete(name);
    this.#sink?.overlay("region", name, { run, g, time: since }, time, null);
  }

  #unlock({ run, text, time }: Entry): void {
    const { locks } = this.#run(run);
    const held = locks.get(text);
    locks.delete(text);
    if (held !== undefined) this.#sink?.overlay("lock", `holds ${text}`, held, time, null);
  }

  #queue(id: number, by: number): void {
    const run = this.#run(id);
    run.runnable = Math.max(0, run.runnable + by);
    this.#count(id, "runnable goroutines", run.runnable, this.#time);
  }

  #count(id: number, name: string, value: number, time: number): void {
    if (this.#sink === null) return;
    const { counters } = this.#run(id);
    let counter = counters.get(name);
    if (counter === undefined) {
      counter = { told: Number.NaN, at: Number.NEGATIVE_INFINITY, value };
      counters.set(name, counter);
      forgetOldest(counters, MAX_CHANNELS);
    }
    counter.value = value;
    if (time - counter.at < COUNTER_STEP || counter.told === value) return;
    counter.told = value;
    counter.at = time;
    this.#sink.counter(id, name, time, value);
  }

  /** The channel; one that is new here has `length` values in its buffer. */
  #channel(chan: number, length: number): Senders {
    let channel = this.#channels.get(chan);
    if (channel === undefined) {
      channel = new Senders(length);
      this.#channels.set(chan, channel);
      forgetOldest(this.#channels, MAX_CHANNELS);
    }
    return channel;
  }

  #chanName(chan: number): string {
    const name = this.#channels.get(chan)?.name;
    return name === undefined || name === "" ? `chan #${chan}` : name;
  }

  #waitName({ waitsFor, chan }: { readonly waitsFor: string; readonly chan: number }): string {
    return chan === 0 ? waitsFor : `${waitsFor} ${this.#chanName(chan)}`;
  }
}

/** An arrow starts at `from`, and ends where `track` runs again. */
function comesFrom(track: Track, kind: "chan" | "wake", name: string, from: Point): void {
  track.arrows ??= [];
  track.arrows.push({ kind, name, from });
}

/** Keeps a map from growing beyond `most`. A tenth goes at once: a map that has lost its first entries finds the next one slowly. */
function forgetOldest(map: Map<unknown, unknown>, most: number): void {
  if (map.size <= most * 1.1) return;
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}

/** Whether `running` may still run; else it is an async function and has suspended, because somebody else runs, or the host. */
function canBeBy({ kind, run, g, by, byRun, wait }: Entry, running: Track): boolean {
  if (kind === "go-start" || kind === "go-resume") return false;
  if (kind === "go-ready") return by === running.g && byRun === running.run;
  return kind !== "go-park" || wait === 0 || (g === running.g && run === running.run);
}
