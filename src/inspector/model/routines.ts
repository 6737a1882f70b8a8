/**
 * All goroutines that are known: the latest of those that live, and the latest of those that have ended.
 *
 * Invariants: `counts` says how many there are in each state; a goroutine is in `#ended` exactly when its state is
 * "ended" or "panicked", in the order in which they ended, and at most `MOST_ENDED` are; each other one is in `#live`, and at most `MOST_LIVE` are.
 */

import { keyOf } from "../../trace/timeline.ts";
import type { GoroutineDetail, GoroutineId, GoroutineRow, GoroutineState, ThingId } from "../protocol.ts";
import { goroutineId } from "./ids.ts";
import { Spans } from "./spans.ts";
import { NOTHING, type Wait } from "./waits.ts";

/** Goroutines that have ended and are still known. */
const MOST_ENDED = 50_000;
/** Goroutines that have not ended and are known. */
const MOST_LIVE = 100_000;

const NONE: readonly string[] = [];

/** Families, so that goroutines of one kind share one text. */
const families = new Map<string, string>();
const MOST_FAMILIES = 10_000;

function familyOf(name: string, origin: string): string {
  const text = `${name}\n${origin}`;
  const known = families.get(text);
  if (known !== undefined) return known;
  if (families.size >= MOST_FAMILIES) families.clear();
  families.set(text, text);
  return text;
}

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
  originStack: readonly string[] = NONE;
  /** Its frames when it was last looked at, and when it came into the state that they belong to. */
  stack: readonly string[] = NONE;
  stackSince = -1;
  readonly spans: Spans = new Spans();
  /** What it awaits, for an async function; by the number of the `await`. */
  awaits: Map<number, Wait> | null = null;
  /** What it holds; null for nothing, which is most. */
  #holds: Set<ThingId> | null = null;
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
    this.family = familyOf(name, this.#origin);
  }

  get origin(): string {
    return this.#origin;
  }

  set origin(origin: string) {
    this.#origin = origin;
    this.family = familyOf(this.#name, origin);
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

  hold(id: ThingId): void {
    this.#holds ??= new Set();
    this.#holds.add(id);
  }

  letGo(id: ThingId): void {
    this.#holds?.delete(id);
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
    const { originStack } = this;
    const stack = this.stackSince === this.since ? this.stack : [];
    return { ...this.row(), stack, originStack, holds: [...(this.#holds ?? [])], recent };
  }
}

export class Routines implements Iterable<Routine> {
  readonly #all = new Map<number, Routine>();
  /** Those that have ended, the first to end first. */
  readonly #ended = new Set<Routine>();
  /** The others, by their run. */
  readonly #live = new Map<number, Set<Routine>>();
  readonly counts: Record<GoroutineState, number> = { running: 0, runnable: 0, waiting: 0, ended: 0, panicked: 0 };
  /** How many of those that had not ended are not known any more. */
  forgottenLive = 0;
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
    this.#enter(routine);
    this.counts.runnable++;
    this.#last = routine;
    if (this.#all.size - this.#ended.size > MOST_LIVE * 1.1) this.#forgetLive();
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
    this.#leave(routine);
    this.#enter(routine);
    if (this.#ended.size > MOST_ENDED * 1.1) this.#forgetEnded();
  }

  /** Those of a run that have not ended. */
  liveOf(run: number): readonly Routine[] {
    return [...(this.#live.get(run) ?? [])];
  }

  /** Whether a drawing of `routine` is all that is left of it, and nobody wants that any more. */
  drop(routine: Routine): void {
    if (!routine.live) this.#remove(routine);
  }

  #enter(routine: Routine): void {
    if (!routine.live) {
      this.#ended.add(routine);
      return;
    }
    const siblings = this.#live.get(routine.run);
    if (siblings === undefined) this.#live.set(routine.run, new Set([routine]));
    else siblings.add(routine);
  }

  #leave(routine: Routine): void {
    this.#ended.delete(routine);
    const siblings = this.#live.get(routine.run);
    siblings?.delete(routine);
    if (siblings?.size === 0) this.#live.delete(routine.run);
  }

  #forgetEnded(): void {
    for (const routine of this.#ended) {
      if (this.#ended.size <= MOST_ENDED) return;
      this.#remove(routine);
    }
  }

  /** Forgets the oldest. What one of them does next is the first that is known of it. */
  #forgetLive(): void {
    for (const routine of this.#all.values()) {
      if (this.#all.size - this.#ended.size <= MOST_LIVE) return;
      if (!routine.live) continue;
      this.forgottenLive++;
      this.#remove(routine);
    }
  }

  #remove(routine: Routine): void {
    this.counts[routine.state]--;
    this.#all.delete(routine.key);
    this.#leave(routine);
    if (this.#last === routine) this.#last = null;
    this.#forgotten(routine);
  }
}
