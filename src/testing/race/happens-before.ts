/**
 * What comes before what (Go's memory model), from the runtime's events.
 *
 * | edge | from | to |
 * | --- | --- | --- |
 * | `go` | the statement | the body |
 * | a value through a channel | the send | the receive |
 * | a hand-over, both ways | the receive | the end of the send |
 * | a buffer of C | receive k | the end of send k + C |
 * | close | the close | a receive that finds it closed |
 * | a lock, a wait group, a semaphore | unlock, done, release | the next lock, wait, acquire |
 * | a join, an error group, once, a pool | the end of the work | whoever waited for it |
 * | a timer | setting it | what happens when it is due |
 * | whatever ends a wait | who ends it | who waited |
 *
 * The host is no goroutine: promises, callbacks and async functions after an `await` are told apart by nobody. So what
 * they do is not checked, and whoever they wake is taken to know all that happened until then. That misses races; it
 * reports none that is not there.
 *
 * Channels are kept as Go's race detector does: a clock a slot of the buffer, which each send and each receive through
 * that slot both hears and adds to.
 */
import { listen, type RuntimeEvent } from "../../runtime/events.ts";
import type { G } from "../../runtime/g.ts";
import { m } from "../../runtime/m.ts";
import { type Clock, Thread } from "./vector-clock.ts";

interface Channel {
  readonly name: string;
  /** Undefined for one that was made before anybody listened. */
  readonly capacity: number | undefined;
  sends: number;
  receives: number;
  readonly slots: Clock[];
  close: Clock | null;
}

/** What was made in one run. Numbers and names are its own: things of two runs may have the same. */
class Things {
  readonly channels = new Map<number, Channel>();
  readonly sync = new Map<string, Clock>();
  readonly timers = new Map<number, Clock>();
}

/** What just happened on a channel: it may be about to make a partner ready. */
interface Handing {
  readonly channel: Channel;
  readonly kind: "chan-send" | "chan-recv";
  readonly direct: boolean;
}

export class HappensBefore {
  readonly #threads = new Set<Thread>();
  #places = 0;
  /** What goroutines knew whose run is over. */
  readonly #past: Clock = [];
  readonly #byRun = new Map<number, Map<number, Thread>>();
  readonly #things = new Map<number, Things>();
  /** The clock with which the timer was set that fires now. */
  #fired: Clock | null = null;
  #handing: Handing | null = null;
  /** Somebody who is no goroutine took part. */
  #host = false;

  listening = true;
  readonly #leave: () => void = listen((event) => this.#on(event));

  /** Follows the events no longer. */
  stop(): void {
    this.listening = false;
    this.#leave();
  }

  /** The thread of a goroutine. */
  of(g: G): Thread {
    return this.#thread(g.p.id, g.id);
  }

  #thread(run: number, id: number): Thread {
    const threads = this.#byRun.get(run) ?? new Map<number, Thread>();
    this.#byRun.set(run, threads);
    let thread = threads.get(id);
    if (thread === undefined) {
      thread = new Thread(this.#places++, id);
      this.#threads.add(thread);
      threads.set(id, thread);
    }
    return thread;
  }

  /** Null for the host, and for a timer that fires. */
  #who(run: number, id: number): Thread | null {
    if (id !== 0) return this.#thread(run, id);
    if (!firing()) this.#host = true;
    return null;
  }

  /** What was made in the run whose thing `event` is about. */
  #of({ run, home = run }: { readonly run: number; readonly home?: number }): Things {
    const things = this.#things.get(home) ?? new Things();
    this.#things.set(home, things);
    return things;
  }

  #channel(event: RuntimeEvent & { kind: "chan-send" | "chan-recv" | "chan-close" }): Channel {
    const { channels } = this.#of(event);
    const channel = channels.get(event.chan) ?? makeChannel(event.chan, undefined, undefined);
    channels.set(event.chan, channel);
    return channel;
  }

  #on(event: RuntimeEvent): void {
    if (event.kind !== "go-ready" && event.kind !== "select") this.#handing = null;
    switch (event.kind) {
      case "go-create":
        this.#created(this.#thread(event.run, event.g));
        break;
      case "go-park":
        if (event.g !== 0) park(this.#thread(event.run, event.g), event);
        break;
      case "go-ready":
        this.#ready(event);
        break;
      case "go-end":
      case "go-panic":
        this.#ended(this.#thread(event.run, event.g), this.#of(event), `goroutine ${event.run}.${event.g}`);
        break;
      case "chan-make":
        this.#of(event).channels.set(event.chan, makeChannel(event.chan, event.name, event.capacity));
        break;
      case "chan-send":
      case "chan-recv":
        this.#passed(event);
        break;
      case "chan-close":
        this.#channel(event).close = this.#who(event.run, event.g)?.release() ?? (firing() ? this.#fired : null);
        break;
      case "lock":
        acquire(this.#who(event.run, event.g), this.#of(event), event.lock);
        break;
      case "acquire":
        acquire(this.#who(event.run, event.g), this.#of(event), event.what);
        break;
      case "unlock":
        this.#release(this.#who(event.run, event.g), this.#of(event), event.lock);
        break;
      case "release":
        this.#release(this.#who(event.run, event.g), this.#of(event), event.what);
        break;
      case "timer-start":
        if (event.g !== 0) this.#of(event).timers.set(event.timer, this.#thread(event.run, event.g).release());
        break;
      case "timer-stop":
        this.#of(event).timers.delete(event.timer);
        break;
      case "timer-fire": {
        const { timers } = this.#of(event);
        this.#fired = timers.get(event.timer) ?? null;
        timers.delete(event.timer);
        break;
      }
      case "run-end":
        for (const thread of this.#byRun.get(event.run)?.values() ?? []) {
          thread.release(this.#past);
          this.#threads.delete(thread);
        }
        this.#byRun.delete(event.run);
        this.#things.delete(event.run);
        break;
      default:
    }
  }

  #created(child: Thread): void {
    // Not whom the event names: what starts workers is no goroutine, but runs in one.
    if (m.curg !== null) child.acquire(this.of(m.curg).release(), "its go statement");
    else this.#hear(child, "a timer");
  }

  /** The end of a wait. */
  #ready({ run, g, by, byRun }: RuntimeEvent & { kind: "go-ready" }): void {
    const handing = this.#handing;
    this.#handing = null;
    const waker = by === 0 ? null : this.#thread(byRun, by);
    const waited = this.#who(run, g);
    if (waited === null) {
      // A receive took what the host was sending.
      if (waker !== null && handing?.kind === "chan-recv") this.#acquireAll(waker);
      return;
    }
    if (handing !== null && waker !== null) {
      const { channel, kind, direct } = handing;
      const parked = waited.release();
      if (direct && (kind === "chan-recv" || channel.capacity === 0)) waker.acquire(parked, channel.name);
      waited.acquire(waker.release(), channel.name);
      // Its value went into the slot that the receive made free.
      if (kind === "chan-recv" && !direct) this.#through(waited, channel, channel.sends++);
      return;
    }
    if (waker !== null) waited.acquire(waker.release(), waited.reason);
    else this.#hear(waited, waited.reason);
  }

  /** `thread` goes on because of a timer or of the host. */
  #hear(thread: Thread, via: string): void {
    if (!firing()) this.#acquireAll(thread);
    else if (this.#fired !== null) thread.acquire(this.#fired, via);
  }

  #ended(thread: Thread, things: Things, what: string): void {
    // An async function may have done more than is known of it.
    if (this.#host) this.#acquireAll(thread);
    this.#release(thread, things, what);
  }

  #passed(event: RuntimeEvent & { kind: "chan-send" | "chan-recv" }): void {
    const { run, g, kind, direct, ok } = event;
    const channel = this.#channel(event);
    const thread = this.#who(run, g);
    if (!ok) {
      if (thread === null) return;
      if (channel.close === null) this.#acquireAll(thread);
      else thread.acquire(channel.close, channel.name);
      return;
    }
    if (!direct && channel.capacity !== 0) {
      this.#through(thread, channel, kind === "chan-send" ? channel.sends++ : channel.receives++);
    }
    this.#handing = { channel, kind, direct };
  }

  /** A value goes into or out of the buffer. */
  #through(thread: Thread | null, channel: Channel, n: number): void {
    const at = channel.capacity === undefined ? 0 : n % channel.capacity;
    const slot = channel.slots[at] ?? [];
    channel.slots[at] = slot;
    if (thread === null) {
      for (const each of this.#threads) each.release(slot);
      return;
    }
    thread.acquire(slot, channel.name);
    thread.release(slot);
  }

  #release(thread: Thread | null, { sync }: Things, what: string): void {
    const clock = sync.get(what) ?? [];
    sync.set(what, clock);
    if (thread !== null) thread.release(clock);
    else for (const each of this.#threads) each.release(clock);
  }

  #acquireAll(thread: Thread): void {
    thread.acquire(this.#past, "the host");
    for (const other of this.#threads) if (other !== thread) thread.acquire(other.release(), "the host");
  }
}

function acquire(thread: Thread | null, { sync }: Things, what: string): void {
  const clock = sync.get(what);
  if (thread !== null && clock !== undefined) thread.acquire(clock, what);
}

/** Whether what happens now happens because a timer is due. */
function firing(): boolean {
  return m.fallback.timers.firing || [...m.runs].some((p) => p.timers.firing);
}

function park(thread: Thread, { reason, chan }: RuntimeEvent & { kind: "go-park" }): void {
  thread.reason = chan === 0 ? reason : `channel ${chan}`;
}

function makeChannel(id: number, name: string | undefined, capacity: number | undefined): Channel {
  const label = name === undefined || name === "" ? `channel ${id}` : `channel "${name}"`;
  return { name: label, capacity, sends: 0, receives: 0, slots: [], close: null };
}
