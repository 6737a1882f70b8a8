/**
 * What is recorded of a program on several threads: each has a chunk that its events go into, and a timeline that reads
 * them later, because channels and awaits have numbers of their own on each.
 */
import type { RuntimeEvent } from "../runtime/events.ts";
import { monotonic } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import type { P } from "../runtime/proc.ts";
import { Chunk, type Entry } from "./chunk.ts";
import { type Sink, Timeline } from "./timeline.ts";

interface Lane {
  readonly thread: number;
  readonly chunk: Chunk;
  readonly timeline: Timeline;
}

export class Lanes {
  readonly #lanes = new Map<number, Lane>();
  readonly #sinkOf: (thread: number) => Sink;
  readonly #each: ((entry: Entry, thread: number) => void) | null;

  /**
   * @param sinkOf gives what the timeline of a thread tells
   * @param each called with each event too, once the timeline has it
   */
  constructor(sinkOf: (thread: number) => Sink, each: ((entry: Entry, thread: number) => void) | null = null) {
    this.#sinkOf = sinkOf;
    this.#each = each;
    this.#lane(0).timeline.met(m.runs);
  }

  #lane(thread: number): Lane {
    let lane = this.#lanes.get(thread);
    if (lane === undefined) {
      lane = { thread, chunk: new Chunk(), timeline: new Timeline() };
      lane.timeline.tell(this.#sinkOf(thread));
      this.#lanes.set(thread, lane);
    }
    return lane;
  }

  /** Keeps an event. Says whether `read` must be called before the next one. */
  push(event: RuntimeEvent, now: number = monotonic()): boolean {
    const { thread = 0, time = now } = event as { readonly thread?: number; readonly time?: number };
    const { chunk } = this.#lane(thread);
    chunk.push(event, time);
    return chunk.full;
  }

  /** Reads what was kept. */
  read(): void {
    // The first thread's first: it says that a goroutine is started before another runs it.
    for (const lane of this.#lanes.values()) {
      lane.chunk.read((entry) => this.#take(entry, lane));
      lane.chunk.clear();
    }
  }

  #take(entry: Entry, { thread, timeline }: Lane): void {
    if (thread !== 0 && entry.kind === "go-start") this.#lane(0).timeline.moved(entry.run, entry.g, timeline);
    timeline.take(entry);
    if (entry.kind === "run-end") {
      for (const other of this.#lanes.values()) if (other.thread !== thread) other.timeline.over(entry.run, entry.time);
    }
    this.#each?.(entry, thread);
  }

  /** Ends what has not ended, at `time`. */
  end(time: number): void {
    for (const { timeline } of this.#lanes.values()) timeline.end(time);
  }
}

/** The runs there are. The default one is made by the program's copy of the library, which may not be loaded yet. */
export function allRuns(): P[] {
  const fallback = m.fallback as P | undefined;
  return fallback === undefined ? [...m.runs] : [...m.runs, fallback];
}
