/**
 * A recorded trace as a model: what the trace shows is turned back into the events that it was made of, as far as it tells,
 * and these are taken like those of a program that runs.
 *
 * A trace has no values, no frames and no origins, so these are empty; arrows it has, so they are not worked out again.
 */

import type { RuntimeEvent } from "../../runtime/events.ts";
import { ArgumentError } from "../../runtime/panic.ts";
import type { AwaitedThing, ToldThing } from "../../runtime/types.ts";
import { Chunk } from "../../trace/chunk.ts";
import { keyOf } from "../../trace/timeline.ts";
import { Model } from "../model/model.ts";
import type { Source } from "../protocol.ts";
import { ModelSource } from "../source.ts";
import { parseTrace, type TraceEvent } from "./parse.ts";

/** What happened, and when, in milliseconds. */
interface Happened {
  readonly time: number;
  readonly event: RuntimeEvent;
}

interface Arrow {
  readonly name: string;
  readonly kind: string;
  readonly from: number;
  readonly at: number;
  readonly to: number;
  readonly until: number;
}

interface Track {
  readonly run: number;
  readonly g: number;
  name: string;
  /** When its last stretch ended. */
  end: number;
  /** What that was. */
  last: string;
  panicked: boolean;
}

/** Arrows of which only the beginning was seen, at most. */
const MOST_OPEN = 100_000;
/** What a goroutine does that waits for each reason a trace may name. */
const VERBS: ReadonlyMap<string, string> = new Map([
  ["chan receive", "receive"],
  ["chan receive (nil chan)", "receive"],
  ["chan send", "send"],
  ["chan send (nil chan)", "send"],
  ["select", "select"],
  ["select (no cases)", "block"],
  ["sleep", "sleep"],
  ["sync.Mutex.Lock", "lock"],
  ["sync.RWMutex.RLock", "rlock"],
  ["sync.RWMutex.Lock", "lock"],
  ["sync.WaitGroup.Wait", "wait"],
  ["sync.Cond.Wait", "wait"],
  ["semacquire", "acquire"],
  ["errgroup", "wait"],
  ["rate limit", "wait"],
  ["join", "join"],
  ["promise", "wait"],
  ["await", "await"],
  ["runtime.Gosched", "yield"],
  ["settle", "settle"],
  ["bubble", "rest"],
]);
/** Longest first, because one is the beginning of another. */
const KNOWN: readonly string[] = [...VERBS.keys()].sort((a, b) => b.length - a.length);

/** The thing that a trace calls `label`. */
function named(label: string): ToldThing {
  const [, run, g] = /^goroutine (\d+)\.(\d+)$/.exec(label) ?? [];
  if (run !== undefined) return { kind: "goroutine", id: Number(g), run: Number(run) };
  const [, kind = "", id = 0] = /^(\w+) (\d+)(?: ".*")?$/s.exec(label) ?? [];
  return { kind, id: Number(id), run: 0 };
}

/** The codes of errors of which a trace has the text. */
function coded(text: string): { readonly code: string; toString(): string } {
  const code = text.includes("deadlock!") ? "DEADLOCK" : text.includes("closed channel") ? "SEND_ON_CLOSED" : "";
  return { code, toString: () => text };
}

/** The end of a stretch and the end of its run are one moment, to this many milliseconds. */
const MOMENT = 0.001;

class Recorded {
  readonly #happened: Happened[] = [];
  readonly #tracks = new Map<number, Track>();
  readonly #channels = new Map<string, number>();
  readonly #runs = new Map<number, { name: string; end: number }>();
  readonly #open = new Map<number, TraceEvent>();
  readonly #overlays = new Map<number, TraceEvent>();
  readonly arrows: Arrow[] = [];
  readonly lengths: Map<string, number> = new Map();
  note = "";
  end = 0;

  readonly take = (event: TraceEvent): void => {
    const { ph, pid: run, name, cat } = event;
    const time = event.ts / 1e3;
    this.end = Math.max(this.end, time + event.dur / 1e3);
    if (ph === "M") this.#meta(event);
    else if (ph === "X") this.#span(event);
    else if (ph === "i") this.#instant(event, time);
    else if (ph === "C" && name.startsWith("length of "))
      this.lengths.set(name.slice("length of ".length), event.args.value);
    else if (ph === "s") {
      if (this.#open.size < MOST_OPEN) this.#open.set(event.id, event);
    } else if (ph === "f") this.#arrow(event, time);
    else if (ph === "b") {
      if (this.#overlays.size < MOST_OPEN) this.#overlays.set(event.id, event);
    } else if (ph === "e" && this.#overlays.has(event.id)) {
      this.#overlay(run, cat, this.#overlays.get(event.id) as TraceEvent, time);
      this.#overlays.delete(event.id);
    }
  };

  /** What happened, in order. */
  events(): Happened[] {
    for (const { run, g, end, last, panicked } of this.#tracks.values()) {
      const over = Math.min(this.end, this.#runs.get(run)?.end ?? this.end);
      // Whoever runs when its run is over has ended it.
      const ends = end < over - MOMENT || (last === "running" && over < this.end);
      if (!panicked && ends) this.#add(end, { kind: "go-end", run, g });
    }
    const starts: Happened[] = [...this.#runs].map(([run, { name }]) => ({
      time: 0,
      event: { kind: "run-start", run, name },
    }));
    const channels: Happened[] = [...this.#channels].map(([name, chan]) => ({
      time: 0,
      event: { kind: "chan-make", run: 0, g: 0, chan, name: name.startsWith("chan #") ? undefined : name, capacity: 0 },
    }));
    this.#happened.sort((a, b) => a.time - b.time);
    return [...starts, ...channels, ...this.#happened];
  }

  #add(time: number, event: RuntimeEvent): void {
    this.#happened.push({ time, event });
  }

  #meta({ pid, tid, name, args }: TraceEvent): void {
    if (name === "process_name") this.#run(pid).name = args.name === `run ${pid}` ? "" : args.name;
    else if (name === "thread_name") this.#track(pid, tid, 0).name = /^\d+ (.*)$/s.exec(args.name)?.[1] ?? "";
    else if (name === "millrace") this.note = args.note;
  }

  #run(run: number): { name: string; end: number } {
    let known = this.#runs.get(run);
    if (known === undefined) {
      known = { name: "", end: Number.POSITIVE_INFINITY };
      this.#runs.set(run, known);
    }
    return known;
  }

  #track(run: number, g: number, time: number): Track {
    const key = keyOf(run, g);
    let track = this.#tracks.get(key);
    if (track === undefined) {
      this.#run(run);
      track = { run, g, name: "", end: Number.NEGATIVE_INFINITY, last: "", panicked: false };
      this.#tracks.set(key, track);
    }
    track.end = Math.max(track.end, time);
    return track;
  }

  #span({ pid: run, tid: g, ts, dur, cat, name }: TraceEvent): void {
    const track = this.#track(run, g, 0);
    const time = ts / 1e3;
    const isNew = track.end <= 0;
    track.end = (ts + dur) / 1e3;
    track.last = cat;
    if (isNew) this.#add(time, { kind: "go-create", run, g, name: track.name, by: 0 });
    if (cat === "running") this.#add(time, { kind: isNew ? "go-start" : "go-resume", run, g });
    else if (cat === "blocked") {
      if (isNew) this.#add(time, { kind: "go-start", run, g });
      this.#add(time, { kind: "go-park", run, g, wait: 0, ...this.#awaited(name) });
    } else if (cat === "runnable" && !isNew) this.#add(time, { kind: "go-ready", run, g, wait: 0, by: 0, byRun: 0 });
  }

  /** What the name of a stretch says that is waited for. */
  #awaited(name: string): AwaitedThing & { readonly cases?: readonly AwaitedThing[] } {
    const [, cases] = /^select: (.*)$/s.exec(name) ?? [];
    if (cases === undefined) return this.#thing(name);
    return {
      ...{ verb: "select", on: null, reason: "select", chan: 0 },
      cases: cases.split(", ").map((each) => this.#thing(each)),
    };
  }

  #thing(text: string): AwaitedThing {
    const reason = KNOWN.find((each) => text.startsWith(each)) ?? text;
    const verb = VERBS.get(reason) ?? reason;
    const rest = text.slice(reason.length + 1);
    if (rest === "") return { verb, on: null, reason, chan: 0 };
    if (!reason.startsWith("chan ")) return { verb, on: named(rest), reason, chan: 0, what: rest };
    const chan = this.#channel(rest.startsWith("#") ? `chan ${rest}` : rest);
    return { verb, on: { kind: "chan", id: chan, run: 0 }, reason, chan };
  }

  #channel(name: string): number {
    let chan = this.#channels.get(name);
    if (chan === undefined) {
      const number = /^chan #(\d{1,9})$/.exec(name)?.[1];
      // Those with a name have lost their number.
      chan = number === undefined ? 1e9 + this.#channels.size : Number(number);
      this.#channels.set(name, chan);
    }
    return chan;
  }

  #instant({ pid: run, tid: g, cat, name }: TraceEvent, time: number): void {
    if (cat === "panic") {
      this.#track(run, g, time).panicked = true;
      this.#add(time, { kind: "go-panic", run, g, error: coded(name.replace(/^panic: /, "")) });
    } else if (cat === "close") {
      this.#add(time, { kind: "chan-close", run, g, chan: this.#channel(name.replace(/^close /, "")) });
    } else if (cat === "log") this.#add(time, { kind: "log", run, g, category: "", message: name });
    else if (cat === "end") {
      const known = this.#run(run);
      known.end = time;
      this.#add(time, {
        kind: "run-end",
        run,
        name: known.name,
        error: name === "the run is over" ? undefined : coded(name),
      });
    }
  }

  #overlay(run: number, cat: string, begin: TraceEvent, end: number): void {
    const { tid: g, name } = begin;
    const time = begin.ts / 1e3;
    if (cat === "region") {
      this.#add(time, { kind: "region-start", run, g, name });
      this.#add(end, { kind: "region-end", run, g, name });
    } else if (cat === "lock") {
      const lock = name.replace(/^holds /, "");
      this.#add(time, { kind: "lock", run, g, lock, on: named(lock) });
      if (end < this.end - MOMENT) this.#add(end, { kind: "unlock", run, g, lock, on: named(lock) });
    }
  }

  #arrow({ id, pid, tid, name, cat }: TraceEvent, until: number): void {
    const from = this.#open.get(id);
    if (from === undefined) return;
    this.#open.delete(id);
    if (cat === "chan") this.#channel(name);
    const [at, to] = [from.ts / 1e3, keyOf(pid, tid)];
    this.arrows.push({ name, kind: cat, from: keyOf(from.pid, from.tid), at, to, until });
  }

  /** The channels' numbers, by name. */
  get channels(): ReadonlyMap<string, number> {
    return this.#channels;
  }
}

/**
 * Opens a recorded trace.
 *
 * @param text what is in the file
 * @param name the file's name
 * @throws ArgumentError for what is no trace
 */
export function openTrace(text: string, name: string): Source & { readonly model: Model } {
  const recorded = new Recorded();
  parseTrace(text, recorded.take);
  const happened = recorded.events();
  if (happened.length === 0) throw new ArgumentError(`${name} has no events of a program in it`);
  const model = new Model({ mode: "trace", program: name, origin: 0, clock: () => recorded.end });
  let chunk = new Chunk();
  for (const { time, event } of happened) {
    chunk.push(event, time);
    if (!chunk.full) continue;
    model.take(chunk, 0);
    chunk = new Chunk();
  }
  if (!chunk.empty) model.take(new Chunk(null, chunk.take()), 0);
  for (const { name: label, kind, from, at, to, until } of recorded.arrows) {
    model.arrow(from, at, to, until, label);
    const channel = kind === "chan" ? model.channels.get(`chan/${recorded.channels.get(label)}`) : undefined;
    if (channel === undefined) continue;
    channel.sent++;
    channel.received++;
    channel.senders.add(from);
    channel.receivers.add(to);
  }
  for (const [label, length] of recorded.lengths) {
    const channel = model.channels.get(`chan/${recorded.channels.get(label)}`);
    if (channel !== undefined) channel.length = length;
  }
  // Only of a recording that ended before the program is there something to say.
  const said = recorded.note.startsWith("the recording") ? recorded.note : "";
  model.note({ kind: "over", text: said, time: recorded.end });
  return new ModelSource(model);
}
