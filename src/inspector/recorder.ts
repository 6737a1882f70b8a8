/**
 * The part of an inspector that is in the program's thread: it listens, writes events into chunks, notes what they don't
 * tell, and hands both over.
 *
 * The chunk that is being written is handed over when it is full, when it is old, or when somebody asks. So a busy
 * program hands over as it goes; one that has just come to rest is asked, or a timer asks for it.
 */

import { listen, type RuntimeEvent } from "../runtime/events.ts";
import { monotonic } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import type { P } from "../runtime/proc.ts";
import { Gnew, Grunning, Gwaiting } from "../runtime/status.ts";
import { waitsFor } from "../runtime/thing.ts";
import { Chunk, type ChunkParts } from "../trace/chunk.ts";
import { allRuns } from "../trace/lanes.ts";
import type { Place, Places } from "../trace/places.ts";
import { framesOf, lineOf } from "../trace/places.ts";
import { keyOf } from "../trace/timeline.ts";
import { channelId } from "./model/ids.ts";
import type { Model } from "./model/model.ts";
import type { Note } from "./model/notes.ts";
import type { KnownChannel, Sights } from "./sights.ts";
import { valueText } from "./value.ts";

/** What has happened since the last one. */
export interface Batch {
  readonly chunks: readonly { readonly thread: number; readonly events: number; readonly parts: ChunkParts }[];
  readonly notes: readonly Note[];
  /** Places that were not known before, and where `go` was said: the goroutine's key and the place's number, in turn. */
  readonly places: readonly Place[];
  readonly origins: readonly number[];
}

/** Gives a batch to a model. */
export function feed(model: Model, { chunks, notes, places, origins }: Batch): void {
  for (const note of notes) if (note.kind === "lost") model.note(note);
  for (const { thread, parts } of chunks) model.take(new Chunk(null, parts), thread);
  for (const { n, frames } of places) model.origins.set(n, frames);
  for (let i = 0; i < origins.length; i += 2) model.startedAt(origins[i] as number, origins[i + 1] as number);
  for (const note of notes) if (note.kind !== "lost") model.note(note);
}

/** Milliseconds that events may be kept before they are handed over. */
export const OLD = 50;
/** A goroutine that did not yield for that long is noted with where it did, in milliseconds. */
const LONG = 50;
/** Goroutines and channels that are looked at when it is the last chance. */
export const LAST = 500;
/** Milliseconds between two such looks. */
const RARELY = 1_000;

export class Recorder {
  readonly #take: (batch: Batch) => void;
  readonly #places: Places;
  readonly #sights: Sights;
  readonly #clock: () => number;
  readonly #chunks = new Map<number, Chunk>();
  #notes: Note[] = [];
  #newPlaces: Place[] = [];
  #origins: number[] = [];
  /** Places that have been handed over already. */
  readonly #told = new Set<Place>();
  #handedOver = 0;
  #resumed = 0;
  #looked = Number.NEGATIVE_INFINITY;
  #stop: (() => void) | null = null;
  readonly #listener = (event: RuntimeEvent): void => this.#record(event);
  /**
   * Who runs now and since when, by key; 0 for nobody. In shared memory another thread can see it also while the program is
   * in a loop and hands nothing over.
   */
  pulse: Float64Array<ArrayBufferLike> = new Float64Array(2);
  /** Called when there is something to hand over, and was nothing before. */
  filled: (() => void) | null = null;

  constructor(
    take: (batch: Batch) => void,
    { places, sights, clock = monotonic }: { places: Places; sights: Sights; clock?: () => number },
  ) {
    this.#take = take;
    this.#places = places;
    this.#sights = sights;
    this.#clock = clock;
  }

  /** Begins with how everything stands. */
  start(): void {
    this.tellAll();
    this.#sights.start();
    this.#stop = listen(this.#listener, { threads: true });
  }

  stop(): void {
    this.#stop?.();
    this.#sights.stop();
    this.flush();
  }

  /** Hands over what there is. */
  flush(): void {
    const gone = this.#sights.gone();
    if (gone.length > 0) this.#notes.push({ kind: "gone", ids: gone });
    this.#handedOver = this.#clock();
    const chunks: { thread: number; events: number; parts: ChunkParts }[] = [];
    for (const [thread, chunk] of this.#chunks) {
      if (!chunk.empty) chunks.push({ thread, events: chunk.length, parts: chunk.take() });
    }
    if (chunks.length === 0 && this.#notes.length === 0) return;
    const batch = { chunks, notes: this.#notes, places: this.#newPlaces, origins: this.#origins };
    this.#notes = [];
    this.#newPlaces = [];
    this.#origins = [];
    this.#take(batch);
  }

  note(note: Note): void {
    this.#notes.push(note);
  }

  #record(event: RuntimeEvent): void {
    const { thread = 0, time } = event as { readonly thread?: number; readonly time?: number };
    const at = time ?? this.#clock();
    const chunk = this.#put(event, thread, at);
    if (thread === 0) {
      const { pulse } = this;
      switch (event.kind) {
        case "go-create":
          this.#origin(event, this.#places.here(this.#listener));
          break;
        case "chan-make":
          this.#made(event.chan, this.#places.here(this.#listener));
          break;
        case "go-start":
        case "go-resume":
          this.#resumed = at;
          pulse[0] = keyOf(event.run, event.g);
          pulse[1] = at;
          break;
        case "go-end":
          pulse[0] = 0;
          break;
        case "go-park":
        case "go-yield":
          if (!("wait" in event) || event.wait === 0) pulse[0] = 0;
          if (at - this.#resumed > LONG && event.g !== 0) this.#slice(event, this.#places.here(this.#listener));
          break;
        case "go-panic":
          pulse[0] = 0;
          this.#lastLook(at);
          break;
        case "run-end":
          this.#left(event.run, event.error);
      }
    }
    if (chunk.full || at - this.#handedOver > OLD) this.flush();
  }

  #put(event: RuntimeEvent, thread: number, time: number): Chunk {
    let chunk = this.#chunks.get(thread);
    if (chunk === undefined) {
      chunk = new Chunk(valueText);
      this.#chunks.set(thread, chunk);
    }
    if (chunk.full) this.flush();
    if (chunk.empty) this.filled?.();
    chunk.push(event, time);
    return chunk;
  }

  #origin({ run, g }: { readonly run: number; readonly g: number }, place: Place): void {
    if (place.n === 0) return;
    if (!this.#told.has(place)) {
      this.#told.add(place);
      this.#newPlaces.push(place);
    }
    this.#origins.push(keyOf(run, g), place.n);
  }

  #made(chan: number, { frames: [frame] }: Place): void {
    if (frame !== undefined) this.#notes.push({ kind: "made", id: channelId(chan, 0), place: lineOf(frame) });
  }

  #slice({ run, g }: { readonly run: number; readonly g: number }, { frames: [frame] }: Place): void {
    if (frame === undefined) return;
    this.#notes.push({ kind: "slice", key: keyOf(run, g), start: this.#resumed, place: lineOf(frame) });
  }

  /** A run may be about to end: what waits in it is looked at while it is there. */
  #lastLook(now: number): void {
    if (now - this.#looked < RARELY) return;
    this.#looked = now;
    this.#notes.push(...this.#sights.everything(LAST));
  }

  /** Who was left at the end of a run, if its error says so. */
  #left(run: number, error: unknown): void {
    const { goroutines } = (error ?? {}) as { readonly goroutines?: unknown };
    if (!Array.isArray(goroutines)) return;
    for (const { id, stack } of goroutines.slice(0, LAST) as readonly {
      readonly id: number;
      readonly stack: string;
    }[]) {
      const frames = framesOf(stack, this.#places);
      if (frames.length > 0) this.#notes.push({ kind: "stack", key: keyOf(run, id), stack: frames });
    }
  }

  /** Writes down how everything stands, as the events that would have led there. */
  tellAll(): void {
    for (const channel of this.#sights.channels()) this.#tellChannel(channel);
    for (const p of allRuns()) {
      if (p !== m.fallback || p.allgs.length > 0) this.#tellRun(p);
    }
  }

  #tellChannel({ id, name, dataqsiz, closed }: KnownChannel): void {
    const at = { run: 0, g: 0, chan: id };
    this.#tell({ kind: "chan-make", ...at, name, capacity: dataqsiz });
    if (closed) this.#tell({ kind: "chan-close", ...at });
  }

  #tellRun(p: P): void {
    const run = p.id;
    this.#tell({ kind: "run-start", run, name: p.name });
    for (const g of p.allgs.sorted()) {
      const at = { run, g: g.id };
      this.#tell({ kind: "go-create", ...at, name: g.name, by: g.creator?.id ?? 0 });
      if (g.status === Gnew) continue;
      if (g.status === Grunning || g.status === Gwaiting) this.#tell({ kind: "go-start", ...at });
      if (g.status === Gwaiting && g.op !== null) this.#tell({ kind: "go-park", ...at, wait: 0, ...waitsFor(g.op) });
    }
  }

  #tell(event: RuntimeEvent): void {
    this.#put(event, 0, this.#clock());
  }
}
