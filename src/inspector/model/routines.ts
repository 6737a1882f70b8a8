/**
 * All goroutines that are known: those that live, and of those that have ended the latest.
 *
 * Invariants: `counts` says how many there are in each state; a goroutine is in `#ended` exactly when its state is
 * "ended" or "panicked", in the order in which they ended, and at most `MOST_ENDED` are.
 */
import type { GoroutineDetail, GoroutineId, GoroutineRow, GoroutineState, ThingId } from "../protocol.ts";
import { goroutineId, keyOf } from "./ids.ts";
import { Spans } from "./spans.ts";
import { NOTHING, type Wait } from "./waits.ts";

/** Goroutines that have ended and are still known. */
const MOST_ENDED = 50_000;

export class Routine {
  readonly key: number;
  readonly run: number;
  readonly g: number;
  #name = "";
  #origin = "";
  /** Name and origin in one text: what is the same for goroutines of one kind. */
  family = "\n";
  state: GoroutineState = "runnable";
  wait: Wait = NOTHING;
  since: number;
  created: number;
  /** The key of who said `go`; 0 for nobody. */
  by = 0;
  thread: number;
  originStack: readonly string[] = [];
  /** Its frames when it was last looked at, and when it came into the state that they belong to. */
  stack: readonly string[] = [];
  stackSince = -1;
  readonly spans: Spans = new Spans();
  /** What it awaits, for an async function; by the number of the `await`. */
  awaits: Map<number, Wait> | null = null;
  readonly holds: Set<ThingId> = new Set();
  /** It was there before events were lost, and nothing has been heard of it since. */
  stale = false;

  constructor(run: number, g: number, thread: number, time: number) {
    this.run = run;
    this.g = g;
    this.key = keyOf(run, g);
    this.thread = thread;
    this.since = this.created = time;
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.family = `${name}\n${this.#origin}`;
  }

  get origin(): string {
    return this.#origin;
  }

  set origin(origin: string) {
    this.#origin = origin;
    this.family = `${this.#name}\n${origin}`;
  }

  get id(): GoroutineId {
    return goroutineId(this.key);
  }

  get live(): boolean {
    return this.state !== "ended" && this.state !== "panicked";
  }

  /** What it waits for; for an async function, what it awaits if that is one thing. */
  get waitsFor(): Wait {
    if (this.awaits !== null && this.awaits.size === 1 && this.state === "waiting") {
      for (const wait of this.awaits.values()) return wait;
    }
    return this.wait;
  }

  row(): GoroutineRow {
    const { reason, on } = this.waitsFor;
    return {
      id: this.id,
      name: this.name,
      state: this.state,
      reason: this.state === "waiting" ? reason : "",
      on: this.state === "waiting" ? on : [],
      since: this.since,
      created: this.created,
      by: this.by === 0 ? "" : goroutineId(this.by),
      thread: this.thread,
      origin: this.origin,
    };
  }

  detail(recent: GoroutineDetail["recent"]): GoroutineDetail {
    const { originStack, holds } = this;
    const stack = this.stackSince === this.since ? this.stack : [];
    return { ...this.row(), stack, originStack, holds: [...holds], recent };
  }
}

export class Routines implements Iterable<Routine> {
  readonly #all = new Map<number, Routine>();
  /** Keys, oldest first. */
  #ended: number[] = [];
  readonly counts: Record<GoroutineState, number> = { running: 0, runnable: 0, waiting: 0, ended: 0, panicked: 0 };
  /** Called with each that is forgotten. */
  readonly #forgotten: (routine: Routine) => void;
  #last: Routine | null = null;

  constructor(forgotten: (routine: Routine) => void) {
    this.#forgotten = forgotten;
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Routine> {
    return this.#all.values();
  }

  get(key: number): Routine | undefined {
    if (this.#last?.key === key) return this.#last;
    const routine = this.#all.get(key);
    if (routine !== undefined) this.#last = routine;
    return routine;
  }

  /** That goroutine, which is new if it was not known. */
  meet(run: number, g: number, thread: number, time: number): Routine {
    const known = this.get(keyOf(run, g));
    if (known !== undefined) return known;
    const routine = new Routine(run, g, thread, time);
    this.#all.set(routine.key, routine);
    this.counts.runnable++;
    this.#last = routine;
    return routine;
  }

  set(routine: Routine, state: GoroutineState, time: number): void {
    const { live } = routine;
    this.counts[routine.state]--;
    this.counts[state]++;
    routine.state = state;
    routine.since = time;
    if (state !== "waiting") routine.wait = NOTHING;
    if (routine.live === live) return;
    if (live) {
      this.#ended.push(routine.key);
      this.#trim();
    } else this.#ended.splice(this.#ended.indexOf(routine.key), 1);
  }

  /** Whether a drawing of `routine` is all that is left of it, and nobody wants that any more. */
  drop(routine: Routine): void {
    if (!routine.live) this.#remove(routine);
  }

  #trim(): void {
    if (this.#ended.length <= MOST_ENDED * 1.1) return;
    const old = this.#ended.splice(0, this.#ended.length - MOST_ENDED);
    for (const key of old) {
      const routine = this.#all.get(key);
      if (routine !== undefined) this.#remove(routine);
    }
  }

  #remove(routine: Routine): void {
    this.counts[routine.state]--;
    this.#all.delete(routine.key);
    if (this.#last === routine) this.#last = null;
    this.#forgotten(routine);
  }
}
