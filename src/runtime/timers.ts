/**
 * The timers of one run (Go's `runtime/time.go`): a 4-ary min-heap ordered by when they are due, those of one moment in the
 * order they were set, and one alarm of the clock for its head.
 *
 * Invariants: `t.index` is the place of `t` in the heap, -1 outside; a parent is never due after its children; while the
 * heap holds anything there is an alarm, at or before the moment its head is due, and it is held (it keeps the process
 * open) exactly while the heap holds a timer that is not `weak`.
 *
 * The alarm is lazy. When the head leaves, the alarm stays and rings early: it then finds nothing due and is set anew. When
 * the last timer leaves, the alarm is let go, not stopped: a loop that sets a timeout and takes it back, a million times,
 * sets one alarm. Rejected: a host timer for each timer (an object, a list and a map look-up each); stopping the alarm at
 * every change of the head (dearer than everything else in here).
 *
 * Four children a node: half the depth of a binary heap, and the four lie together.
 */
import { at, emit, tap } from "./events.ts";
import type { P } from "./proc.ts";

/** An entry of the heap of `timers`. Its owner keeps it and may put it back. */
export class RuntimeTimer {
  readonly timers: Timers;
  /** When it is due, in milliseconds of the run's clock. */
  when = 0;
  /** The order among timers that are due at the same moment. */
  seq = 0;
  index = -1;
  /** It does not keep the process open. */
  readonly weak: boolean;
  /** What happens when it is due. The timer has left the heap by then. */
  readonly f: (arg: never) => void;
  readonly arg: unknown;

  constructor(timers: Timers, f: (arg: never) => void, arg: unknown, weak = false) {
    this.timers = timers;
    this.weak = weak;
    this.f = f;
    this.arg = arg;
  }
}

/** Room for this many before the heap grows. */
const FIRST = 64;

export class Timers {
  readonly #p: P;
  readonly #heap: RuntimeTimer[] = [];
  /** When each of them is due, side by side, because that is what a sift compares. */
  #whens = new Float64Array(FIRST);
  #seq = 0;
  /** How many of the pending timers are not weak. */
  #strong = 0;
  #alarm: unknown = null;
  /** When the alarm rings; Infinity without one. */
  #rings = Infinity;
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
    return this.#heap.length;
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
    t.when = when;
    t.seq = seq;
    const heap = this.#heap;
    if (!t.weak && this.#strong++ === 0 && this.#alarm !== null) this.#p.clock.hold(this.#alarm, true);
    if (heap.length === this.#whens.length) this.#grow();
    this.#up(t, when, heap.length);
    if (tap.listener !== null) emit({ kind: "timer-start", ...at(this.#p), timer: seq, when });
    if (t.index === 0 && !this.#firing) this.#arm();
  }

  /** Takes `t` out; does nothing if it is not in the heap. */
  remove(t: RuntimeTimer): void {
    if (t.index < 0) return;
    this.#take(t);
    if (tap.listener !== null) emit({ kind: "timer-stop", ...at(this.#p), timer: t.seq, when: t.when });
    if (this.#strong === 0 && this.#alarm !== null) this.#p.clock.hold(this.#alarm, false);
  }

  /** Fires whatever is due now. */
  fire(): void {
    const heap = this.#heap;
    const { clock } = this.#p;
    const now = clock.now();
    this.#firing = true;
    try {
      for (let t = heap[0]; t !== undefined && t.when <= now; t = heap[0]) {
        this.#take(t);
        if (tap.listener !== null) emit({ kind: "timer-fire", ...at(this.#p, null), timer: t.seq, when: t.when });
        t.f(t.arg as never);
      }
    } finally {
      this.#firing = false;
      if (heap.length > 0) this.#arm();
    }
  }

  /** The run is over: nothing is due any more. */
  #drop(): void {
    for (const t of this.#heap) t.index = -1;
    this.#heap.length = 0;
    this.#strong = 0;
    if (this.#alarm !== null) this.#p.clock.stop(this.#alarm);
    this.#alarm = null;
    this.#rings = Infinity;
  }

  /** Sees that the alarm rings no later than the head is due. */
  #arm(): void {
    const { clock } = this.#p;
    const { next } = this;
    if (next >= this.#rings) return;
    if (this.#alarm !== null) clock.stop(this.#alarm);
    else if (!this.#bound) {
      this.#bound = true;
      this.#p.atEnd.push(() => this.#drop());
    }
    this.#rings = next;
    this.#alarm = clock.start(this.#ring, next - clock.now());
    if (this.#strong === 0) clock.hold(this.#alarm, false);
  }

  #grow(): void {
    const grown = new Float64Array(this.#whens.length * 2);
    grown.set(this.#whens);
    this.#whens = grown;
  }

  #take(t: RuntimeTimer): void {
    const heap = this.#heap;
    const at = t.index;
    const last = heap.pop() as RuntimeTimer;
    const { length } = heap;
    t.index = -1;
    if (!t.weak) this.#strong--;
    if (last === t) return;
    const whens = this.#whens;
    const when = whens[length] as number;
    if (at > 0 && this.#before(when, last, (at - 1) >> 2)) this.#up(last, when, at);
    else this.#down(last, when, at);
    if (length < whens.length >> 3 && length > 64) this.#whens = whens.slice(0, whens.length >> 1);
  }

  /** Whether `t`, due at `when`, comes before the one at `at`. */
  #before(when: number, t: RuntimeTimer, at: number): boolean {
    const other = this.#whens[at] as number;
    return when < other || (when === other && t.seq < (this.#heap[at] as RuntimeTimer).seq);
  }

  /** Places `t` at `at` or above. */
  #up(t: RuntimeTimer, when: number, at: number): void {
    const heap = this.#heap;
    const whens = this.#whens;
    while (at > 0) {
      const above = (at - 1) >> 2;
      if (!this.#before(when, t, above)) break;
      this.#move(above, at);
      at = above;
    }
    heap[at] = t;
    whens[at] = when;
    t.index = at;
  }

  /** Places `t` at `at` or below. */
  #down(t: RuntimeTimer, when: number, at: number): void {
    const heap = this.#heap;
    const whens = this.#whens;
    const { length } = heap;
    for (;;) {
      const first = at * 4 + 1;
      if (first >= length) break;
      let least = first;
      const end = Math.min(first + 4, length);
      for (let i = first + 1; i < end; i++) {
        if (this.#before(whens[i] as number, heap[i] as RuntimeTimer, least)) least = i;
      }
      if (this.#before(when, t, least)) break;
      this.#move(least, at);
      at = least;
    }
    heap[at] = t;
    whens[at] = when;
    t.index = at;
  }

  #move(from: number, to: number): void {
    const t = this.#heap[from] as RuntimeTimer;
    this.#heap[to] = t;
    this.#whens[to] = this.#whens[from] as number;
    t.index = to;
  }
}
