/**
 * What is known of a program: fed with chunks of recorded events and with notes of what events don't tell, it answers
 * everything that a viewer asks but the stepper's part.
 *
 * It runs wherever it is put: in the thread of an inspector, in a page, under the stepper. Times are milliseconds since
 * `origin`.
 *
 * Bounded, however long the program runs: of events the last 131,072 (64 bytes each); 2 million stretches of the timeline
 * (16 bytes); 100,000 arrows and as many marks (40 bytes); 50,000 goroutines that have ended and 100,000 that have not
 * (900 bytes); 100,000 channels, 50,000 locks and 50,000 timers.
 */

import type { Chunk } from "../../trace/chunk.ts";
import { lineOf } from "../../trace/places.ts";
import type { GoroutineId, Graph, LoggedEvent, Status, ThingId } from "../protocol.ts";
import { type Channel, Channels } from "./channels.ts";
import { graphOf } from "./graph.ts";
import { goroutineId } from "./ids.ts";
import { Labels } from "./labels.ts";
import { Log } from "./log.ts";
import { Marks } from "./marks.ts";
import type { Note } from "./notes.ts";
import { Reader } from "./reader.ts";
import { type Routine, Routines } from "./routines.ts";
import { Samples } from "./samples.ts";
import { Selects } from "./selects.ts";
import { RUNNABLE, RUNNING } from "./spans.ts";
import { type Thing, Things } from "./things.ts";
import { waitText } from "./waits.ts";
import { inWords } from "./words.ts";

const MOST_SPANS = 2_000_000;
/** Runs that are over of which is shown what they left behind. */
const MOST_RUNS = 10;
const MOST_PANICS = 20;

export interface ModelOptions {
  readonly mode: Status["mode"];
  readonly program: string;
  /** Time 0, on the clock of the events, in milliseconds. */
  readonly origin: number;
  /** What time it is on that clock. */
  readonly clock: () => number;
}

interface ClosedPanic {
  readonly key: number;
  readonly time: number;
  readonly text: string;
  readonly channel: Channel | null;
}

interface Run {
  readonly run: number;
  readonly name: string;
  ended: string | null;
  endedAt: number;
  deadlocked: boolean;
}

export class Model {
  readonly mode: Status["mode"];
  readonly program: string;
  readonly origin: number;
  readonly routines: Routines = new Routines((routine) => this.#forget(routine));
  readonly channels: Channels = new Channels();
  readonly things: Things = new Things((thing) => this.#forgetThing(thing));
  readonly labels: Labels = new Labels();
  readonly marks: Marks = new Marks();
  readonly selects: Selects = new Selects();
  readonly samples: Samples = new Samples(this);
  readonly log: Log;
  readonly readers: Map<number, Reader> = new Map();
  readonly runs: Map<number, Run> = new Map();
  /** Places of the program, by number: their frames, innermost first. */
  readonly origins: Map<number, readonly string[]> = new Map();
  /** Where goroutines were that had not yielded for long, by goroutine and start. */
  readonly places: Map<string, string> = new Map();
  /** When the first thing happened that is still known. */
  begin = 0;
  /** Events that were never seen. */
  lost = 0;
  ended: string | null = null;
  /** Who runs in a loop, if that is known, on the program's own thread. */
  looping: Routine | null = null;
  /** Panics of goroutines that used a closed channel, with the channel where it can only be that one. */
  readonly closedPanics: ClosedPanic[] = [];
  readonly #clock: () => number;
  #spans = 0;
  /** The runs that are over and still known, the first to end first. */
  readonly #runsOver: number[] = [];
  #over: number | null = null;
  #latest = 0;

  constructor({ mode, program, origin, clock }: ModelOptions) {
    this.mode = mode;
    this.program = program;
    this.origin = origin;
    this.#clock = clock;
    const names = {
      routine: (key: number): string => this.nameOf(key),
      channel: (chan: number, thread: number): string => this.channels.meet(chan, thread, 0).label,
    };
    this.log = new Log((entry, thread) => inWords(names, entry, thread), origin);
  }

  /** What time it is; after the end of the program, when that was. */
  get now(): number {
    return this.#over ?? Math.max(this.#latest, this.#clock() - this.origin);
  }

  /** "worker (1/7)". */
  nameOf(key: number): string {
    const name = this.routines.get(key)?.name ?? "";
    return name === "" ? `goroutine ${goroutineId(key)}` : `${name} (${goroutineId(key)})`;
  }

  /** Takes the next chunk of a thread's events. It must not change any more. */
  take(chunk: Chunk, thread: number): void {
    if (chunk.empty) return;
    this.log.add(chunk, thread);
    this.reader(thread).read(chunk);
    this.#latest = Math.max(this.#latest, chunk.end - this.origin);
    this.samples.take(this.#latest);
    if (this.#spans > MOST_SPANS) this.#trim();
  }

  reader(thread: number): Reader {
    let reader = this.readers.get(thread);
    if (reader === undefined) {
      reader = new Reader(this, thread);
      this.readers.set(thread, reader);
    }
    return reader;
  }

  /** Takes what events don't tell. */
  note(note: Note): void {
    switch (note.kind) {
      case "made": {
        const channel = this.channels.get(note.id);
        if (channel !== undefined) channel.origin = note.place;
        return;
      }
      case "stack": {
        const routine = this.routines.get(note.key);
        if (routine === undefined) return;
        routine.stack = note.stack;
        routine.stackSince = routine.since;
        return;
      }
      case "channel": {
        const channel = this.channels.get(note.id);
        if (channel === undefined) return;
        channel.sight = note.sight;
        channel.length = note.sight.length;
        return;
      }
      case "group": {
        const thing = this.things.get(note.id);
        if (thing !== undefined) thing.value = note.value;
        return;
      }
      case "running": {
        const routine = this.routines.get(note.key);
        const time = note.time - this.origin;
        if (routine?.live === true && routine.state !== "running" && time > this.#latest) {
          this.routines.set(routine, "running", time);
          this.looping = routine;
        }
        return;
      }
      case "slice":
        this.places.set(`${note.key} ${Math.round(note.start - this.origin)}`, note.place);
        if (this.places.size > 1000) this.places.delete(this.places.keys().next().value as string);
        return;
      case "gone":
        for (const id of note.ids) this.channels.delete(id);
        return;
      case "lost":
        this.lost += note.events;
        for (const reader of this.readers.values()) reader.reset();
        for (const routine of this.routines) routine.stale = routine.live;
        return;
      case "known":
        for (const routine of this.routines) {
          if (routine.stale) this.routines.set(routine, "ended", this.#latest);
          routine.stale = false;
        }
        return;
      case "over":
        // What a run ended with says more than the process's exit code.
        this.ended = note.text === "" && this.mode === "live" ? "" : (this.#failure() ?? note.text);
        this.#over = Math.max(this.#latest, note.time - this.origin);
    }
  }

  /** `go` was said at a place in `origins`. */
  startedAt(key: number, place: number): void {
    const routine = this.routines.get(key);
    const frames = this.origins.get(place);
    if (routine === undefined || frames?.[0] === undefined) return;
    routine.origin = lineOf(frames[0]);
    routine.originStack = frames;
  }

  panicked(key: number, time: number, text: string, channel: Channel | null): void {
    if (this.closedPanics.length < MOST_PANICS) this.closedPanics.push({ key, time, text, channel });
  }

  idOf(key: number): GoroutineId {
    return goroutineId(key);
  }

  /** Who waits for whom. */
  graph(): Graph {
    return graphOf(this);
  }

  runBegins(run: number, name: string): void {
    if (!this.runs.has(run)) this.runs.set(run, { run, name, ended: null, endedAt: 0, deadlocked: false });
  }

  runEnds(run: number, error: string, deadlocked: boolean, time: number): void {
    const known = this.runs.get(run) ?? { run, name: "", ended: null, endedAt: 0, deadlocked };
    known.ended = error;
    known.deadlocked = deadlocked;
    known.endedAt = time;
    this.runs.set(run, known);
    this.things.endRun(run);
    for (const reader of this.readers.values()) if (reader.thread !== 0) reader.over(run, time);
    this.#runsOver.push(run);
    if (this.#runsOver.length <= MOST_RUNS) return;
    const old = this.#runsOver.shift() as number;
    this.runs.delete(old);
    for (const routine of this.routines.liveOf(old)) this.routines.set(routine, "ended", time);
  }

  span(key: number, kind: number, label: string, start: number, end: number): void {
    const routine = this.routines.get(key);
    if (routine !== undefined) this.#spans += routine.spans.add(start, end, kind, this.labels.number(label));
  }

  arrow(from: number, at: number, to: number, until: number, label: string): void {
    this.marks.arrow({ from, at, to, until, label: this.labels.number(label) });
  }

  mark(key: number, at: number, kind: string, label: string): void {
    this.marks.mark({ key, at, kind: this.labels.number(kind), label: this.labels.number(label) });
  }

  /** The stretch that has not ended yet; null for what is no stretch: an async function that has suspended. */
  open(
    routine: Routine,
  ): { readonly start: number; readonly end: number; readonly kind: number; readonly label: string } | null {
    const { state, since, wait, run } = routine;
    const over = this.runs.get(run);
    const end = over !== undefined && over.ended !== null ? over.endedAt : this.now;
    if (end <= since || !routine.live) return null;
    if (state === "running") return { start: since, end, kind: RUNNING, label: "running" };
    if (state === "runnable") return { start: since, end, kind: RUNNABLE, label: "runnable" };
    if (wait.verb === "await") return null;
    const { told } = wait;
    const label =
      told === null ? wait.text : waitText(told, (chan) => this.channels.meet(chan, routine.thread, 0).label);
    return { start: since, end, kind: 2, label };
  }

  /** Events that have happened, and how many of them are not known any more. */
  get events(): { readonly count: number; readonly forgotten: number } {
    return { count: this.log.count + this.lost, forgotten: this.log.forgotten + this.lost };
  }

  recent(key: number, limit: number): LoggedEvent[] {
    return this.log.of(key, limit);
  }

  /** Whether there is a thing of that name. */
  thing(id: ThingId): string | null {
    return this.channels.get(id)?.label ?? this.things.get(id)?.name ?? null;
  }

  /** What the last run that failed ended with. */
  #failure(): string | undefined {
    return [...this.runs.values()].findLast(({ ended }) => ended !== null && ended !== "")?.ended ?? undefined;
  }

  /** Forgets the older half of the timeline. */
  #trim(): void {
    const cut = this.begin + (this.#latest - this.begin) / 2;
    this.begin = cut;
    let left = 0;
    for (const routine of this.routines) {
      routine.spans.forget(cut);
      if (routine.spans.length === 0 && routine.since < cut) this.routines.drop(routine);
      else left += routine.spans.length;
    }
    this.#spans = left;
  }

  #forget(routine: Routine): void {
    this.#spans -= routine.spans.length;
    this.readers.get(routine.thread)?.forget(routine);
  }

  #forgetThing({ id, holders }: Thing): void {
    for (const { key } of holders) this.routines.get(key)?.letGo(id);
  }
}
