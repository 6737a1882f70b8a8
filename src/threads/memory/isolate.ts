/**
 * This thread among the others (Go's `p` and `m` in one): where messages for it arrive, how it sleeps and is woken.
 *
 * A message is a block whose `KIND` says what is to be done with it; `post` pushes it on the isolate's inbox. The isolate
 * takes the whole inbox at once, at the start of each turn of its scheduler, when it runs out of goroutines, and when it
 * was woken. Whoever takes a message out owns the block.
 *
 * What takes no words at all is an alert, a bit of `ALERTS`: it needs no memory, so it can be said when there is none left,
 * and said twice it is one.
 *
 * No wake-up is lost: whoever posts writes the inbox and then reads `PARK`; whoever goes to sleep writes `PARK` and then
 * reads the inbox; all of these are sequentially consistent, so one of the two sees the other. The compare-and-swap on
 * `PARK` lets exactly one of many posters pay for the notification. A thread that is awake costs its posters no more than
 * the push.
 *
 * Sleeping is `Atomics.waitAsync`, which leaves the event loop to timers, promises and sockets, and which does not hold it
 * open: `hold` does. Never with a timeout, because one that is not used up stays in memory until then.
 *
 * Before it sleeps it looks for a moment at `PARK`, if that has helped lately.
 *
 * Rejected: one wait word for several threads (a busy one can consume the wake-up of another); `postMessage` to wake (1.5 µs
 * a message and a task in the event loop each); polling.
 */
import { once } from "../../runtime/copies.ts";
import { type HostTimer, holdTimer, microtask, monotonic, processors, startTimer } from "../../runtime/host.ts";
import { m, YIELD_TO_HOST } from "../../runtime/m.ts";
import type { P } from "../../runtime/proc.ts";
import { corrupt, mostBlocks } from "./corrupt.ts";
import { ALERTS, DRY, HEARTBEAT, INBOX, KIND, LINK, PARK, TIDIED } from "./layout.ts";
import { memory, push, type Share } from "./memory.ts";
import { PARKED, RUNNING, recordOf } from "./record.ts";

/** A goroutine, or a case of its select, was served in shared memory. */
export const KIND_WAITER = 1;
/** A context that was received has ended: the message is the hold of it. */
export const KIND_ENDED = 3;
/** From here the scheduler of all threads has its own. */
export const KIND_SCHEDULER = 8;

/** Alerts, a bit each. */
export const ALERT = {
  /** A run is over. */
  over: 1,
  /** This thread is to end. */
  stop: 2,
  /** A thread has died with tasks in its hand. */
  hand: 4,
  /** Tasks wait, and no thread is idle. */
  more: 8,
  /** Is it asleep? */
  asleep: 16,
  /** A shared object was lost with the thread that was using it. */
  lost: 32,
  /** A run has failed on a thread that had no room to say how. */
  failed: 64,
  /** Another thread has no room left. */
  tidy: 128,
} as const;
export type Alert = (typeof ALERT)[keyof typeof ALERT];

type Handler = (block: number) => void;

/** Where a thread gets goroutines from that have not started. */
export interface Source {
  /** Makes one runnable; says whether there was any. */
  take(): boolean;
  /** The same while this thread has others to run: it would wait for them, so only if no other thread would have it. */
  takeIfNobodyElse(): void;
  /** Nothing is left to do: says so to those who might have something. */
  rest(): void;
  /** Whether there is any now. */
  any(): boolean;
}

/** How long to look for a wake-up before sleeping, in milliseconds: longer than it takes the other to wake, or both always miss. */
const SPIN = 0.06;
/** After so many times in vain it is tried once in 64 times. */
const MOST_VAIN = 6;
/** How long a thread that has no room waits for others to tidy up, in milliseconds. */
const TIDY = 50;

/** A year of nothing. */
const LONG = 2 ** 31 - 1;

interface WaitAsync {
  readonly async: boolean;
  readonly value: PromiseLike<string>;
}

const waitAsync = (Atomics as { waitAsync?(i32: Int32Array, at: number, value: number): WaitAsync }).waitAsync;

export class Isolate {
  source: Source | null = null;
  readonly #handlers: (Handler | undefined)[] = [];
  readonly #alerts: { readonly bit: Alert; readonly handler: () => void }[] = [];
  /** A wait is under way, and its promise has not been settled. */
  #armed = false;
  #booked = false;
  #turns = 0;
  #keepAlive: HostTimer | null = null;
  #held = false;
  /** Whether somebody else can run while this thread looks. */
  #spins = false;
  /** How often it looked in vain, and how many times it is not to look. */
  #vain = 0;
  #pass = 0;
  readonly #woken = (): void => {
    this.#armed = false;
    this.#take();
    // Only who has nothing to run begins something new: it would wait behind what runs, and another thread may be free.
    if (!anyBusy()) this.idle();
  };

  /** Opens the memory and listens, on the program's first thread. Does nothing when that was done. */
  open(): void {
    if (m.peer !== null) return;
    memory.open();
    this.#listen();
  }

  /** Listens, on a thread that was given a part in the memory. */
  attach(share: Share): void {
    memory.attach(share);
    this.#listen();
  }

  #listen(): void {
    m.peer = this;
    this.#spins = processors() > 1;
    this.idle();
  }

  /** Says what is to be done with messages of that kind. */
  on(kind: number, handler: Handler): void {
    this.#handlers[kind] = handler;
  }

  /** Sends a message; its `KIND` is set. Never blocks. */
  post(to: number, message: number): void {
    const { i32 } = memory;
    const record = recordOf(to);
    push(i32, record + INBOX, message);
    if (to === memory.self) this.#book();
    else wake(i32, record + PARK);
  }

  /** Says what is to be done when this thread is alerted to that. */
  onAlert(bit: Alert, handler: () => void): void {
    this.#alerts.push({ bit, handler });
  }

  /** Alerts another thread. Never blocks, and takes no memory. */
  alert(to: number, bit: Alert): void {
    const { i32 } = memory;
    const record = recordOf(to);
    Atomics.or(i32, record + ALERTS, bit);
    wake(i32, record + PARK);
  }

  /** Takes what has arrived, else begins something new, and says whether there was anything. */
  more(): boolean {
    return this.#take() || this.source?.take() === true;
  }

  /**
   * Takes what has arrived, and says whether there was anything. Called at the start of every turn, so now and then it
   * begins something new as well: goroutines that run on and on must not keep out those that have not begun. From then on
   * this thread counts as awake, until `idle`.
   */
  poll(): boolean {
    const { i32, record } = memory;
    // What the host has brought on, a timer or a promise, does not wake this thread: it says itself that it is awake, or it
    // would be woken for tasks that another could begin.
    if (i32[record + PARK] !== RUNNING) Atomics.store(i32, record + PARK, RUNNING);
    if (this.source !== null && ++this.#turns % 64 === 0) this.source.takeIfNobodyElse();
    return this.#take();
  }

  /** Takes what has arrived, whatever else there is to do: before a thread is cleared up after, which has said it. */
  hear(): void {
    this.#take();
  }

  #take(): boolean {
    const { i32, record } = memory;
    if (!m.nested) i32[record + HEARTBEAT] = ((i32[record + HEARTBEAT] as number) + 2) | 1;
    if (Atomics.load(i32, record + INBOX) === 0 && Atomics.load(i32, record + ALERTS) === 0) return false;
    if (i32[record + DRY] !== 0) Atomics.store(i32, record + DRY, 0);
    // Newest first: turned round.
    let next = 0;
    let messages = 0;
    for (let at = Atomics.exchange(i32, record + INBOX, 0); at !== 0; ) {
      if (++messages > mostBlocks(i32)) corrupt("the inbox of a thread");
      const older = i32[at + LINK] as number;
      i32[at + LINK] = next;
      next = at;
      at = older;
    }
    m.curg = null;
    while (next !== 0) {
      if (--messages < 0) corrupt("the inbox of a thread");
      const message = next;
      next = i32[message + LINK] as number;
      this.#handlers[i32[message + KIND] as number]?.(message);
    }
    if (i32[record + ALERTS] !== 0) {
      const alerts = Atomics.exchange(i32, record + ALERTS, 0);
      for (const { bit, handler } of this.#alerts) if ((alerts & bit) !== 0) handler();
    }
    return true;
  }

  /** Nothing is left to do here: whoever has something wakes this thread. */
  idle(): void {
    this.#still();
    const { source } = this;
    if (!memory.shared || waitAsync === undefined) return;
    const { i32, record } = memory;
    for (;;) {
      Atomics.store(i32, record + PARK, PARKED);
      source?.rest();
      const quiet = Atomics.load(i32, record + INBOX) === 0 && Atomics.load(i32, record + ALERTS) === 0;
      if (quiet && source?.any() !== true) {
        if (!this.#spin()) {
          if (this.#armed) return;
          const sleep = waitAsync(i32, record + PARK, PARKED);
          if (sleep.async) {
            this.#armed = true;
            sleep.value.then(this.#woken);
            return;
          }
        }
      }
      Atomics.store(i32, record + PARK, RUNNING);
      this.more();
      if (anyBusy()) return; // it comes back here
    }
  }

  /**
   * Looks for a moment whether somebody wakes this thread, which has said that it sleeps: an answer of another thread is
   * often there sooner than the host could be back. Each time in vain halves how often that is tried.
   */
  #spin(): boolean {
    if (this.#pass-- > 0) return false;
    this.#pass = 0;
    // The host must have its turn all the same.
    if (!this.#spins || m.spent() === YIELD_TO_HOST) return false;
    const { i32, record } = memory;
    const until = monotonic() + SPIN;
    do {
      for (let i = 0; i < 64; i++) {
        if (Atomics.load(i32, record + PARK) === PARKED) continue;
        this.#vain = 0;
        return true;
      }
    } while (monotonic() < until);
    this.#vain = Math.min(this.#vain + 1, MOST_VAIN);
    this.#pass = 2 ** this.#vain - 1;
    return false;
  }

  /** Says whether this thread's event loop is to stay open while it sleeps. */
  hold(on: boolean): void {
    if (on === this.#held) return;
    this.#held = on;
    if (on && this.#keepAlive === null) this.#stay();
    if (this.#keepAlive !== null) holdTimer(this.#keepAlive, on);
  }

  #stay(): void {
    this.#keepAlive = startTimer(() => this.#stay(), LONG);
    holdTimer(this.#keepAlive, this.#held);
  }

  /** A message to itself. */
  #book(): void {
    if (this.#booked) return;
    this.#booked = true;
    microtask(() => {
      this.#booked = false;
      this.poll();
      if (!anyBusy()) this.idle();
    });
  }

  /** Tells the monitor that no goroutine runs. */
  #still(): void {
    memory.i32[memory.record + HEARTBEAT] = (memory.i32[memory.record + HEARTBEAT] as number) & ~1;
  }
}

/** Wakes whoever sleeps on `park`, and says whether anybody did. */
export function wake(i32: Int32Array, park: number): boolean {
  let state = Atomics.load(i32, park);
  while (state !== RUNNING) {
    const seen = Atomics.compareExchange(i32, park, state, RUNNING);
    if (seen === state) {
      Atomics.notify(i32, park);
      return true;
    }
    state = seen;
  }
  return false;
}

function anyBusy(): boolean {
  for (const p of m.runs) if (p.busy) return true;
  return (m.fallback as P | undefined)?.busy === true;
}

/** This thread. */
export const isolate: Isolate = once("isolate", () => new Isolate());

isolate.onAlert(ALERT.tidy, () => {
  memory.tidy();
  Atomics.add(memory.i32, TIDIED, 1);
  Atomics.notify(memory.i32, TIDIED);
});

memory.askOthers = () => {
  const { i32 } = memory;
  const before = Atomics.load(i32, TIDIED);
  let asked = 0;
  for (const other of memory.others()) {
    if (Atomics.load(i32, recordOf(other) + PARK) !== PARKED) continue;
    isolate.alert(other, ALERT.tidy);
    asked++;
  }
  const until = monotonic() + TIDY;
  for (;;) {
    const seen = Atomics.load(i32, TIDIED);
    const left = until - monotonic();
    if (((seen - before) | 0) >= asked || left <= 0) return;
    try {
      Atomics.wait(i32, TIDIED, seen, left);
    } catch {
      // The first thread of a browser may not wait: it looks again.
    }
  }
};
