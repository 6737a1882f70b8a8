/**
 * The timers of one run (Go's `runtime/time.go`): a 4-ary min-heap ordered by when they are due, those of one moment in the
 * order they were set, and one alarm of the clock for its head.
 *
 * Invariants: `t.index` is the place of `t` in the heap, -1 outside; a parent is never due after its children; while the
 * heap holds anything there is an alarm, at or before the moment its head is due, and it is held (it keeps the process
 * open) while the heap holds a timer that is not `weak`.
 *
 * Under a strategy that decides it, the order of those due at one moment is a choice of the schedule: they leave the heap
 * together, for `#due`, and it says which comes next. One that is stopped by the timer before it, the other case of a select say, leaves
 * `#due` like the heap; its place there is `-2 - t.index`. Rejected: a random place among equals when a timer is set, for
 * exploration would have to try all places of all timers, also of those that never fire.
 *
 * The alarm is lazy. When the head leaves, the alarm stays and rings early: it then finds nothing due and is set anew. When
 * the last timer leaves, the alarm is let go once the code that now runs is done, and not stopped: a loop that sets a
 * timeout and takes it back, a million times, sets one alarm. Rejected: a host timer for each timer (an object, a list and
 * a map look-up each); stopping the alarm at every change of the head (dearer than everything else in here).
 *
 * Four children a node: half the depth of a binary heap. When they are due stands side by side in an array of numbers, so
 * that a sift looks at the timers themselves only to break a tie; with 100,000 pending that saves a quarter of all work.
 */
import { at, emit, tap } from "./events.ts";
import { microtask } from "./host.ts";
import { m } from "./m.ts";
import type { P } from "./proc.ts";
import { Waiter } from "./waiter.ts";

/** An entry of the heap of `timers`. Its owner keeps it and may put it back. */
export class RuntimeTimer {
  readonly timers: Timers;
  /** When it is due, in milliseconds of the run's clock. */
  when: number = Infinity;
  /** The order among timers that are due at the same moment. */
  seq = 0;
  index = -1;
  /** It does not keep the process open. */
  readonly weak: boolean;
  /** What happens when it is due. The timer has left the heap by then. */
  readonly f: (arg: never, t: RuntimeTimer) => void;
  readonly arg: unknown;

  constructor(timers: Timers, f: (arg: never, t: RuntimeTimer) => void, arg: unknown, weak = false) {
    this.timers = timers;
    this.weak = weak;
    this.f = f;
    this.arg = arg;
  }

  /** All it does is make one goroutine ready: among several of this kind the order makes no difference to exploration. */
  get wakesOne(): boolean {
    return this.arg instanceof Waiter && this.arg.root === this.arg;
  }
}

/** Room for this many before the heap grows. */
const FIRST = 16;
/** Most runs of tests have no timer at all. */
const NONE = new Float64Array(0);

export class Timers {
  readonly #p: P;
  readonly #heap: RuntimeTimer[] = [];
  /** When each of them is due. */
  #whens: Float64Array = NONE;
  /** Under a strategy: those that fire at this moment, in no order. */
  readonly #due: RuntimeTimer[] = [];
  #seq = 0;
  /** How many of the pending timers are not weak. */
  #strong = 0;
  #alarm: unknown = null;
  /** When the alarm rings; Infinity without one. */
  #rings = Infinity;
  /** The alarm keeps the process open. */
  #held = false;
  /** Whether it still should is about to be looked at. */
  #booked = false;
  #firing = false;
  /** Whether the end of the run will empty this. */
  #bound = false;
  readonly #ring = (): void => {
    this.#alarm = null;
    this.#rings = Infinity;
    this.fire();
  };

  constructor(p: P) {
    this.#p = p;
  }

  /** How many timers are pending. */
  get length(): number {
    return this.#heap.length + this.#due.length;
  }

  /** Whether one was ever made. */
  get used(): boolean {
    return this.#seq > 0;
  }

  /** Whether one is pending that is wanted: not only for a look at the run itself. */
  get pending(): boolean {
    return this.#strong > 0;
  }

  /** Whether what happens now happens because a timer was due. */
  get firing(): boolean {
    return this.#firing;
  }

  /** When the next timer is due; Infinity without one. */
  get next(): number {
    return this.#heap[0]?.when ?? Infinity;
  }

  /** The next number in the order in which timers are set. */
  order(): number {
    return ++this.#seq;
  }

  /** Puts `t` into the heap, due at `when`; one that is never due is left out. */
  add(t: RuntimeTimer, when: number, seq: number): void {
    if (when === Infinity || this.#p.over) return;
    if (m.touch !== null) m.touch(this);
    t.when = when;
    t.seq = seq;
    const heap = this.#heap;
    if (!t.weak && this.#strong++ === 0) this.#hold();
    if (heap.length === this.#whens.length) this.#resize(Math.max(FIRST, heap.length * 2));
    this.#up(t, when, heap.length);
    if (tap.listener !== null) emit({ kind: "timer-start", ...at(this.#p), timer: seq, when });
    if (!this.#firing && (t.index === 0 || this.#stale)) this.#arm();
  }

  /** Takes `t` out; does nothing if it is not in the heap. */
  remove(t: RuntimeTimer): void {
    if (t.index === -1) return;
    if (m.touch !== null) m.touch(this);
    this.#take(t);
    if (tap.listener !== null) emit({ kind: "timer-stop", ...at(this.#p), timer: t.seq, when: t.when });
    if (this.#strong === 0) this.#letGo();
  }

  /** Fires whatever is due now. */
  fire(): void {
    const now = this.#p.clock.now();
    this.#firing = true;
    try {
      for (let t = this.#first(now); t !== undefined; t = this.#first(now)) {
        this.#take(t);
        if (tap.listener !== null) emit({ kind: "timer-fire", ...at(this.#p, null), timer: t.seq, when: t.when });
        t.f(t.arg as never, t);
      }
    } finally {
      this.#firing = false;
      for (let t = this.#due.pop(); t !== undefined; t = this.#due.pop()) this.#up(t, t.when, this.#heap.length);
      if (this.#heap.length > 0) this.#arm();
    }
  }

  /** The one that fires next, if one is due by `now`. */
  #first(now: number): RuntimeTimer | undefined {
    const { strategy } = this.#p;
    const head = this.#heap[0];
    if (strategy?.due === undefined) return head !== undefined && head.when <= now ? head : undefined;
    const due = this.#due;
    if (due.length === 0 && head !== undefined && head.when <= now) this.#gather(head.when);
    if (due.length < 2) return due[0];
    // Exploration tries every order, so it is not asked where the order makes no difference.
    const free = strategy.choose === undefined ? undefined : due.find((t) => t.wakesOne);
    return free ?? due[strategy.due(due.length)];
  }

  /** Those that are due at `when`, the moment of the head, leave the heap for `#due`. */
  #gather(when: number): void {
    const due = this.#due;
    for (let t = this.#heap[0]; t !== undefined && t.when === when; t = this.#heap[0]) {
      this.#lift(t);
      t.index = -2 - due.length;
      due.push(t);
    }
  }

  /** The run is over: nothing is due any more. */
  #drop(): void {
    for (const t of [...this.#heap, ...this.#due]) t.index = -1;
    this.#heap.length = this.#due.length = 0;
    this.#strong = 0;
    if (this.#alarm !== null) this.#p.clock.stop(this.#alarm);
    this.#alarm = null;
    this.#rings = Infinity;
  }

  /** The alarm was set on a clock that is no more. */
  get #stale(): boolean {
    return this.#alarm !== null && this.#p.clock.stale?.(this.#alarm) === true;
  }

  /** Sees that the alarm rings no later than the head is due. */
  #arm(): void {
    const { clock } = this.#p;
    const { next } = this;
    if (next >= this.#rings && !this.#stale) return;
    if (this.#alarm !== null) clock.stop(this.#alarm);
    else if (!this.#bound) {
      this.#bound = true;
      this.#p.atEnd.push(() => this.#drop());
    }
    this.#rings = next;
    this.#alarm = clock.start(this.#ring, next - clock.now());
    this.#held = true;
    if (this.#strong === 0) this.#letGo();
  }

  #hold(): void {
    if (this.#alarm === null || this.#held) return;
    this.#held = true;
    this.#p.clock.hold(this.#alarm, true);
  }

  /** Soon, because a loop may set the next timer right away, and to hold and let go is as dear as to set an alarm. */
  #letGo(): void {
    if (this.#booked || !this.#held) return;
    this.#booked = true;
    microtask(() => {
      this.#booked = false;
      if (this.#strong > 0 || this.#alarm === null) return;
      this.#held = false;
      this.#p.clock.hold(this.#alarm, false);
    });
  }

  #take(t: RuntimeTimer): void {
    if (!t.weak) this.#strong--;
    if (t.index >= 0) {
      this.#lift(t);
      return;
    }
    const last = this.#due.pop() as RuntimeTimer;
    if (last !== t) {
      this.#due[-2 - t.index] = last;
      last.index = t.index;
    }
    t.index = -1;
  }

  /** Takes `t` out of the heap. */
  #lift(t: RuntimeTimer): void {
    const heap = this.#heap;
    const at = t.index;
    const last = heap.pop() as RuntimeTimer;
    t.index = -1;
    if (last === t) return;
    const { when } = last;
    if (at > 0 && this.#precedes(last, when, (at - 1) >> 2)) this.#up(last, when, at);
    else this.#down(last, when, at);
    if (heap.length < this.#whens.length >> 3 && heap.length > FIRST) this.#resize(this.#whens.length >> 2);
  }

  /** Whether `t`, due at `when`, comes before the one at `at`. */
  #precedes(t: RuntimeTimer, when: number, at: number): boolean {
    const other = this.#whens[at] as number;
    return when < other || (when === other && t.seq < (this.#heap[at] as RuntimeTimer).seq);
  }

  /** Places `t`, due at `when`, at `at` or above. */
  #up(t: RuntimeTimer, when: number, at: number): void {
    while (at > 0) {
      const above = (at - 1) >> 2;
      if (!this.#precedes(t, when, above)) break;
      this.#move(above, at);
      at = above;
    }
    this.#place(t, when, at);
  }

  /** Places `t`, due at `when`, at `at` or below. */
  #down(t: RuntimeTimer, when: number, at: number): void {
    const heap = this.#heap;
    const whens = this.#whens;
    const { length } = heap;
    for (;;) {
      const first = at * 4 + 1;
      if (first >= length) break;
      let least = first;
      let soonest = whens[first] as number;
      const end = Math.min(first + 4, length);
      for (let i = first + 1; i < end; i++) {
        const other = whens[i] as number;
        if (other > soonest || (other === soonest && this.#precedes(heap[least] as RuntimeTimer, soonest, i))) continue;
        least = i;
        soonest = other;
      }
      if (this.#precedes(t, when, least)) break;
      this.#move(least, at);
      at = least;
    }
    this.#place(t, when, at);
  }

  #move(from: number, to: number): void {
    this.#place(this.#heap[from] as RuntimeTimer, this.#whens[from] as number, to);
  }

  #place(t: RuntimeTimer, when: number, at: number): void {
    this.#heap[at] = t;
    this.#whens[at] = when;
    t.index = at;
  }

  #resize(room: number): void {
    const whens = new Float64Array(room);
    whens.set(this.#whens.subarray(0, Math.min(room, this.#heap.length)));
    this.#whens = whens;
  }
}
