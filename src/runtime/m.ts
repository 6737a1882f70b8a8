/**
 * The machine (Go's `m`): this JavaScript thread, with the goroutine it runs now and its share of time.
 *
 * There is one, `m`. Every operation counts down `m.budget`; at zero it looks at the clock. So time is kept at the price
 * of a decrement an operation, like Go's `stackguard0`, which one compare of every function prologue serves: whatever
 * wants the running goroutine to come to the scheduler sets the budget to 0.
 *
 * Two shares of time: after a TURN, promises that are ready get to run (microtasks); after a SLICE, the host does (timers,
 * sockets, rendering) and other goroutines before the one that used it up.
 */
import { knowsOwners, owner } from "./async-scope.ts";
import { once } from "./copies.ts";
import type { G } from "./g.ts";
import { macrotask, microtask, monotonic } from "./host.ts";
import type { Others } from "./others.ts";
import type { P } from "./proc.ts";
import type { GoroutineInfo, Parked } from "./types.ts";

/** How long goroutines may run before the host gets a turn: Go's own time slice. */
const SLICE = 10;
/** How long they may run before promise reactions get a turn. */
const TURN = 1;
/** Operations between two looks at the clock, at most. Looking costs about as much as one operation. */
const MAX_BUDGET = 128;

export const GO_ON = 0;
export const YIELD_TO_PROMISES = 1;
export const YIELD_TO_HOST = 2;
export type Verdict = typeof GO_ON | typeof YIELD_TO_PROMISES | typeof YIELD_TO_HOST;

/** Only a run's strategy says this: the run's other goroutines are due, the host is not. */
export const YIELD_TO_OTHERS = 3;
export type Preemption = Verdict | typeof YIELD_TO_OTHERS;

/** This thread among others, where there are any. */
export interface Peer {
  /** Takes what other threads have sent, and says whether there was anything. */
  poll(): boolean;
  /** A run has nothing to do: does the same, or else begins something new. */
  more(): boolean;
  /** A run has nothing left to do. */
  idle(): void;
}

export class M {
  /** The goroutine that runs now; null in callbacks of the host and after an `await`. */
  curg: G | null = null;
  /** What the running goroutine's operation answers; see `op.ts`. */
  step: IteratorResult<Parked, unknown> | null = null;
  /** Runs under way that watch for operations never performed. */
  watching = 0;
  /** Operations left until the next look at the clock. */
  budget: number = MAX_BUDGET;
  /** Set while a parked goroutine is resumed only to see its stack. */
  probe: { stack: string } | null = null;
  /** While schedules are explored: told of each thing that code between operations looks at or changes; null: of any. */
  touch: ((thing: object | null) => void) | null = null;
  /** Milliseconds since this thread began, as of the last look at the clock; what "waiting since" is read from. */
  coarse = 0;
  /** Set while other threads can send to this one. */
  peer: Peer | null = null;
  /** The runs that are under way, oldest first. */
  readonly runs: Set<P> = new Set();
  /** How many contexts a signal of the process may still cancel. */
  signals = 0;
  /** Who is told what runs leave behind that don't say themselves what is to be done about it (`leaks`). */
  readonly leakWatchers: ((left: readonly GoroutineInfo[]) => void)[] = [];
  /** The run of what is started outside of any: for libraries and servers that do not own the program. */
  fallback: P = undefined as never; // api.ts sets it
  /** The other threads, once there may be any. */
  others: Others | null = null;
  /** Goroutines run on top of one that was stopped from outside: the host gets no turn. */
  nested = false;

  readonly #origin: number = monotonic();
  #granted: number = MAX_BUDGET;
  #looked = 0;
  #turn = 0;
  #slice = 0;
  /** How many slices have begun. */
  slices = 0;
  /** The host had its turn since the slice began: whoever comes next begins a new one, however long ago that was. */
  #hosted = true;
  #afterHost: (() => void)[] = [];
  readonly #markHosted = (): void => {
    this.#hosted = true;
  };

  /**
   * The run that the code which runs now belongs to: its goroutine's; in a host callback or after an `await`, the run
   * that the code descends from; outside of any, and where the host can't tell, the default run.
   */
  current(): P {
    return this.curg !== null ? this.curg.p : (owner() ?? this.fallback);
  }

  /** The run of the code that awaits an operation of `home`. Where the host can't tell, the code is that run's own. */
  awaiting(home: P | null): P {
    if (this.curg !== null) return this.curg.p;
    return owner() ?? (knowsOwners || home === null ? this.fallback : home);
  }

  /** Calls `fn` after the host had a turn, at the start of a new slice. */
  afterHost(fn: () => void): void {
    if (this.#afterHost.push(fn) > 1) return;
    macrotask(() => {
      const due = this.#afterHost;
      this.#afterHost = [];
      this.#beginSlice();
      for (const run of due) run();
    });
  }

  /** Whether somebody waits until the host had its turn: until then a run that has nothing to do is not idle. */
  get owesHost(): boolean {
    return this.#afterHost.length > 0;
  }

  /** Calls `fn` after the goroutines that are due now, for async functions: they are in no run queue. */
  afterOthers(fn: () => void): void {
    microtask(() => (this.#afterHost.length > 0 ? this.afterHost(fn) : fn()));
  }

  /** The budget is used up: reads the clock, grants a new one and says who is to run next. */
  spent(): Verdict {
    if (this.#afterHost.length > 0) {
      // The slice is over: whoever comes now comes too late for it.
      this.budget = 0;
      return YIELD_TO_HOST;
    }
    if (this.#hosted) this.#beginSlice();
    const now = this.look();
    const passed = now - this.#looked;
    this.#looked = now;
    // Slow operations are looked at one by one, quick ones by the hundred.
    if (passed > 1) this.#granted = passed > 4 ? 1 : Math.max(1, this.#granted >> 1);
    else if (passed < 0.25) this.#granted = Math.min(MAX_BUDGET, this.#granted * 2);
    this.budget = this.#granted;
    if (now - this.#slice >= SLICE) {
      // Nobody may come before those who have to wait now.
      this.budget = 0;
      return YIELD_TO_HOST;
    }
    if (now - this.#turn >= TURN) return YIELD_TO_PROMISES;
    return GO_ON;
  }

  /**
   * Runs `others` on top of the running goroutine, which was stopped from outside, somewhere in its own code. It finds
   * everything as it was, except that its share of time is used up.
   */
  nest(others: () => void): void {
    const { curg, step } = this;
    const due = this.#afterHost;
    this.nested = true;
    this.#afterHost = [];
    this.#turn = this.#slice = this.#looked = this.look();
    try {
      others();
    } finally {
      this.nested = false;
      this.curg = curg;
      this.step = step;
      this.#afterHost = [...due, ...this.#afterHost];
      this.#slice = this.look() - SLICE;
      this.budget = 0;
    }
  }

  /** Reads the clock. */
  look(): number {
    const now = monotonic() - this.#origin;
    this.coarse = now | 0;
    return now;
  }

  /** Promises had their turn. */
  beginTurn(): void {
    if (this.#hosted) this.#beginSlice();
    else this.#turn = this.look();
  }

  #beginSlice(): void {
    this.slices++;
    this.#hosted = false;
    macrotask(this.#markHosted);
    this.#turn = this.#slice = this.#looked = this.look();
  }
}

export const m: M = once("m", () => new M());
