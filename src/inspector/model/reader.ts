/**
 * What the events of one thread mean for the model. The timeline of recordings says in which state goroutines are and
 * what stretches their tracks are made of; here is what concerns the things that they use.
 */
import type { PanicCode } from "../../runtime/panic.ts";
import type { Chunk, Entry } from "../../trace/chunk.ts";
import { keyOf, type Point, type Sink, Timeline, type TrackState } from "../../trace/timeline.ts";
import type { Channel } from "./channels.ts";
import { Figures } from "./figures.ts";
import { rowKind, thingId, timerId } from "./ids.ts";
import type { Model } from "./model.ts";
import type { Queue } from "./queue.ts";
import type { Routine } from "./routines.ts";
import { BLOCKED, RUNNABLE, RUNNING } from "./spans.ts";
import { type Awaited, awaitedText, NOTHING, SUSPENDED, type Wait, Waits } from "./waits.ts";

const KINDS = { running: RUNNING, runnable: RUNNABLE, blocked: BLOCKED } as const;
/** Waits of async functions that are known. */
const MOST_AWAITS = 100_000;
/** Panics of an operation on a closed channel. */
const ON_CLOSED: ReadonlySet<string> = new Set<PanicCode>(["SEND_ON_CLOSED", "CLOSE_OF_CLOSED"]);

/** What a channel operation has just done, which whoever becomes ready next had a part in. */
interface Transfer {
  readonly channel: Channel;
  readonly sent: boolean;
  readonly direct: boolean;
}

export class Reader implements Sink {
  readonly thread: number;
  readonly figures: Figures;
  readonly #model: Model;
  readonly #waits: Waits;
  #timeline = new Timeline();
  #parking: Wait = NOTHING;
  #panicking = false;
  #last: Transfer | null = null;
  /** The channel that was closed; null when there are several, undefined when there is none. */
  #closed: Channel | null | undefined = undefined;
  /** Waits of async functions, by their number. */
  readonly #awaits = new Map<number, { readonly routine: Routine | null; readonly wait: Wait }>();
  /** The goroutine that runs now, and since when. */
  running: Routine | null = null;

  constructor(model: Model, thread: number) {
    this.#model = model;
    this.thread = thread;
    this.figures = new Figures(thread);
    this.#waits = new Waits(thread);
    this.#timeline.tell(this);
  }

  read(chunk: Chunk): void {
    const { origin } = this.#model;
    chunk.read((entry) => {
      entry.time -= origin;
      this.#take(entry);
      this.#timeline.take(entry);
    });
  }

  /** Events were lost: begins anew with what the next ones say. */
  reset(): void {
    this.#timeline = new Timeline();
    this.#timeline.tell(this);
    for (const wait of this.#awaits.keys()) this.#awaited(wait);
    this.#last = null;
    this.running = null;
  }

  /** The run is over. */
  over(run: number, time: number): void {
    this.#timeline.over(run, time);
  }

  /** Another thread goes on with `routine`. */
  moved({ run, g }: Routine, to: Reader): void {
    this.#timeline.moved(run, g, to.#timeline);
  }

  #take(entry: Entry): void {
    const { kind, run, g, time, text } = entry;
    const last = this.#last;
    if (kind !== "select") this.#last = null;
    switch (kind) {
      case "run-start":
        this.#model.runBegins(run, text);
        return;
      case "run-end":
        this.#model.runEnds(run, text, entry.code === "DEADLOCK", time);
        return;
      case "go-create": {
        const routine = this.#model.routines.meet(run, g, this.thread, time);
        routine.name = text;
        routine.by = entry.by === 0 ? 0 : keyOf(run, entry.by);
        routine.stale = false;
        return;
      }
      case "go-start": {
        const routine = this.#model.routines.get(keyOf(run, g));
        if (routine !== undefined && routine.thread !== this.thread) {
          this.#model.readers.get(routine.thread)?.moved(routine, this);
        }
        return;
      }
      case "go-park":
        this.#parking = entry.told === null ? NOTHING : this.#waits.read(entry.told);
        if (entry.wait !== 0) this.#await(entry);
        return;
      case "go-ready":
        if (entry.wait !== 0) this.#awaited(entry.wait);
        if (last !== null && g !== 0) this.#served(last, keyOf(run, g));
        return;
      case "go-panic":
        this.#panicking = true;
        if (ON_CLOSED.has(entry.code)) this.#model.panicked(keyOf(run, g), time, text, this.#closed ?? null);
        return;
      case "chan-make":
      case "chan-send":
      case "chan-recv":
      case "chan-close":
        this.#channel(entry);
        return;
      case "select":
        if (g !== 0) this.#select(entry, keyOf(run, g), time);
        return;
      case "lock":
      case "unlock":
        this.#lock(entry);
        return;
      case "timer-start":
      case "timer-stop":
      case "timer-fire":
        this.#timer(entry);
        return;
      default:
    }
  }

  /** That goroutine is not known any more, so it is in no queue. */
  forget({ key, wait, awaits }: Routine): void {
    this.#leave(wait.things, key);
    for (const number of awaits?.keys() ?? []) this.#awaited(number);
  }

  #await({ run, g, time, wait }: Entry): void {
    const routine = g === 0 ? null : this.#model.routines.meet(run, g, this.thread, time);
    this.#awaits.set(wait, { routine, wait: this.#parking });
    if (this.#awaits.size > MOST_AWAITS * 1.1) this.#forgetAwaits();
    if (routine !== null) {
      routine.awaits ??= new Map();
      routine.awaits.set(wait, this.#parking);
    }
    this.#enter(this.#parking, -wait, routine, time);
  }

  #forgetAwaits(): void {
    for (const wait of this.#awaits.keys()) {
      if (this.#awaits.size <= MOST_AWAITS) return;
      this.#awaited(wait);
    }
  }

  #awaited(wait: number): void {
    const awaited = this.#awaits.get(wait);
    if (awaited === undefined) return;
    this.#awaits.delete(wait);
    awaited.routine?.awaits?.delete(wait);
    this.#leave(awaited.wait.things, -wait);
  }

  #enter({ things, select }: Wait, key: number, routine: Routine | null, time: number): void {
    for (const thing of things) this.#queueOf(thing, time)?.add(key, routine, time, select);
  }

  #leave(things: readonly Awaited[], key: number): void {
    for (const thing of things) this.#queueOf(thing, 0)?.delete(key);
  }

  #queueOf({ kind, id, label, verb, chan }: Awaited, time: number): Queue | undefined {
    if (kind === "goroutine") return undefined;
    if (kind === "timer") return this.#model.things.get(id)?.queue;
    if (kind !== "chan") return this.#model.things.meet(id, kind, label).queue;
    const channel = this.#model.channels.meet(chan, this.thread, time);
    return verb === "send" ? channel.sendq : channel.recvq;
  }

  #channel(entry: Entry): void {
    const { kind, run, g, time, chan, direct } = entry;
    const channel = this.#model.channels.meet(chan, this.thread, time);
    const key = g === 0 ? 0 : keyOf(run, g);
    if (kind === "chan-make") {
      channel.name = entry.text;
      channel.capacity = entry.length;
      channel.shared = direct;
    } else if (kind === "chan-close") {
      channel.closed = true;
      channel.closer = key;
      if (this.#closed !== channel) this.#closed = this.#closed === undefined ? channel : null;
    } else if (entry.ok) {
      const sent = kind === "chan-send";
      if (sent || direct) channel.sent++;
      if (!sent || direct) channel.received++;
      if (key !== 0) (sent ? channel.senders : channel.receivers).add(key);
      channel.length = entry.length;
      this.#last = { channel, sent, direct };
    }
  }

  /** Whoever is made ready by a transfer was its other side. */
  #served({ channel, sent, direct }: Transfer, key: number): void {
    if (sent) channel.receivers.add(key);
    else {
      channel.senders.add(key);
      // The value of a sender that waited went into the slot that the receiver freed: no event of its own says so.
      if (!direct) channel.sent++;
    }
  }

  #select({ text: taken, told }: Entry, key: number, time: number): void {
    const routine = this.#model.routines.get(key);
    const { channels, selects } = this.#model;
    const all = told?.cases ?? [];
    if (all.length < 2 || routine === undefined) return;
    const cases = all.map((each) => {
      const thing = this.#waits.thing(each);
      const channel = thing?.kind === "chan" ? channels.get(thing.id) : undefined;
      const label = awaitedText(each, (chan) => channel?.label ?? `#${chan}`);
      return { name: String(each.case), label, ready: channel !== undefined && isReady(channel, each.verb) };
    });
    selects.took(routine, taken, cases, time);
  }

  #lock({ kind, run, g, time, text, told }: Entry): void {
    if (told === null || told.on === null) return;
    const thing = this.#model.things.meet(thingId(told.on, text, this.thread), rowKind(told.on), text);
    if (thing.kind === "waitgroup") return; // for it, these only say what comes before what
    const key = g === 0 ? 0 : keyOf(run, g);
    const { routines, things } = this.#model;
    if (kind === "lock") {
      things.lock(thing, key, time);
      routines.get(key)?.hold(thing.id);
    } else routines.get(thing.holders.remove(key) || key)?.letGo(thing.id);
  }

  #timer({ kind, run, g, time, chan, length: due }: Entry): void {
    const { things, routines, origin } = this.#model;
    const id = timerId(run, chan, this.thread);
    if (kind !== "timer-start") {
      things.endTimer(id);
      return;
    }
    // A run on a clock of its own says times of that.
    const when = due - origin;
    const timer = things.setTimer(id, run, when > time - 1000 ? when : due);
    const sleeper = g === 0 ? undefined : routines.get(keyOf(run, g));
    if (timer === null || sleeper?.wait.verb !== "sleep" || sleeper.wait.things.length > 0) return;
    const thing: Awaited = { verb: "sleep", id, label: id, kind: "timer", chan: 0 };
    sleeper.wait = { ...sleeper.wait, things: [thing], on: [id] };
    timer.queue.add(sleeper.key, sleeper, time, false);
  }

  state(state: TrackState | "ended", { run, g, time }: Point): void {
    const { routines } = this.#model;
    const routine = routines.meet(run, g, this.thread, time);
    routine.thread = this.thread;
    routine.stale = false;
    if (routine.wait.things.length > 0) this.#leave(routine.wait.things, routine.key);
    if (this.running === routine) this.running = null;
    if (state === "running") {
      routines.set(routine, "running", time);
      this.figures.resumed(time);
      this.running = routine;
    } else if (state === "runnable") routines.set(routine, "runnable", time);
    else if (state === "ended") {
      routines.set(routine, this.#panicking ? "panicked" : "ended", time);
      this.#panicking = false;
    } else {
      routines.set(routine, "waiting", time);
      routine.wait = state === "async" ? SUSPENDED : this.#parking;
      if (state === "blocked") this.#enter(this.#parking, routine.key, routine, time);
    }
  }

  span(kind: "running" | "runnable" | "blocked", name: string, { run, g, time }: Point, end: number): void {
    const key = keyOf(run, g);
    if (kind === "running") this.figures.ran(key, time, end);
    this.#model.span(key, KINDS[kind], name, time, end);
  }

  run(): void {}

  goroutine(): void {}

  overlay(kind: "region" | "lock" | "await", name: string, { run, g, time }: Point): void {
    if (kind === "region") this.#model.mark(keyOf(run, g), time, "region", name);
  }

  arrow(_kind: string, name: string, from: Point, to: Point): void {
    this.#model.arrow(keyOf(from.run, from.g), from.time, keyOf(to.run, to.g), to.time, name);
  }

  instant(kind: string, name: string, { run, g, time }: Point): void {
    if (kind !== "end") this.#model.mark(keyOf(run, g), time, kind, name);
  }

  counter(): void {}
}

/** Whether a send or a receive would not block. */
function isReady({ length, capacity, closed, sendq, recvq }: Channel, verb: string): boolean {
  if (verb === "send") return recvq.length > 0 || length < capacity;
  return length > 0 || sendq.length > 0 || closed;
}
