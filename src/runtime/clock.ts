/**
 * What a run takes the time from: the host's clock, or a virtual one that jumps.
 *
 * A clock also keeps the alarms that wake a run's timers, because only it knows when that is: the host's clock by a host
 * timer, a virtual one by moving itself there as soon as its runs have nothing left to do now. So tests and bubbles pass
 * hours in no time, and nothing in timers, tickers, contexts or limiters knows of it.
 */

import type { G } from "./g.ts";
import { type Alarm as HostAlarm, holdTimer, isStale, macrotask, seen, startAlarm, stopAlarm, wall } from "./host.ts";
import { m } from "./m.ts";
import { Panic } from "./panic.ts";
import type { P } from "./proc.ts";

export interface Clock {
  /** Milliseconds, with a fraction, that only ever grow. What every duration is measured with. */
  now(): number;
  /** Milliseconds since 1970. May jump. */
  wall(): number;
  /** Calls `ring` once, about `delay` milliseconds from now; early is allowed. Gives the alarm. */
  start(ring: () => void, delay: number): unknown;
  stop(alarm: unknown): void;
  /** Says whether the alarm is wanted: one that is not does not keep the process alive. */
  hold(alarm: unknown, wanted: boolean): void;
  /** Whether the alarm may never ring, because what it was set on is no more. */
  stale?(alarm: unknown): boolean;
  /** Told that code has looked whether it is `when` yet, and it is not: for a clock that moves from moment to moment. */
  looked?(when: number): void;
  /** It is that of a bubble: timers of its runs are not to be used from other runs. */
  readonly bubble?: boolean;
  /** Told that `g` lets the others run: for a clock that can't go on while it does nothing else. */
  yielded?(g: G): void;
  /** Makes a run that is started from one of this clock's live by it too. */
  adopt?(p: P): void;
}

/** The host's clock, or what a test has put in its place. */
export const hostClock: Clock = {
  now: seen,
  wall,
  start: startAlarm,
  stop: (alarm) => stopAlarm(alarm as HostAlarm),
  hold: (alarm, wanted) => holdTimer((alarm as HostAlarm).timer, wanted),
  stale: (alarm) => isStale(alarm as HostAlarm),
};

interface Alarm {
  readonly ring: () => void;
  readonly when: number;
  wanted: boolean;
}

/** Refuses the use of a timer of `p` from outside of its bubble, where it would never fire. Before, an async function may be inside. */
export function checkInside(p: P): void {
  if (p.clock.bubble !== true) return;
  const outside = m.curg === null ? p.over : m.curg.p.clock !== p.clock;
  if (outside) throw new Panic("TIMER_BUBBLE");
}

/** The moment at which virtual time begins, that of Go's `testing/synctest`: 2000-01-01 00:00 UTC. */
export const EPOCH = 946_684_800_000;

/**
 * A clock that stands still while anything can run, and then jumps to the next alarm. It lets the host have a turn first,
 * so that what promises have ready at this instant happens before the next one. With no alarm left, time can't bring
 * anyone on: it says so to `stuck`.
 *
 * It looks again after each alarm: one that wakes an async function makes no run busy, so none becomes idle.
 */
export class VirtualClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  protected readonly runs: Set<P> = new Set();
  readonly #stuck: ((p: P) => void) | null;
  #now = 0;
  #booked = false;

  constructor(stuck: ((p: P) => void) | null = null) {
    this.#stuck = stuck;
  }

  /** Makes `p` live by this clock. To be done before anything of that run looks at the time. */
  attach(p: P): this {
    this.runs.add(p);
    p.clock = this;
    p.idle = () => this.book();
    p.atEnd.push(() => this.runs.delete(p));
    return this;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return EPOCH + this.#now;
  }

  start(ring: () => void, delay: number): Alarm {
    const alarm = { ring, when: this.#now + Math.max(0, delay), wanted: true };
    this.#alarms.add(alarm);
    this.book();
    return alarm;
  }

  stop(alarm: unknown): void {
    this.#alarms.delete(alarm as Alarm);
  }

  hold(alarm: unknown, wanted: boolean): void {
    (alarm as Alarm).wanted = wanted;
    if (wanted) this.book();
  }

  /** Moves on by `ms` milliseconds without ringing anything: as if whoever runs now took that long. */
  pass(ms: number): void {
    this.#now += ms;
  }

  /** Calls `fn` when all that is ready at this instant has happened. */
  protected later(fn: () => void): void {
    macrotask(fn);
  }

  /** Looks, once all that is ready at this instant has happened, whether the runs are at rest. */
  protected book(): void {
    if (this.#booked) return;
    this.#booked = true;
    const look = (): void => {
      this.#booked = false;
      for (const p of this.runs) if (p.busy) return; // it comes back here when it is idle
      if (m.owesHost) this.book();
      else this.atRest();
    };
    if (m.owesHost) macrotask(look);
    else this.later(look);
  }

  /** Nobody can go on at this instant. */
  protected atRest(): void {
    if (!this.jump() && this.#stuck !== null) for (const p of this.runs) this.#stuck(p);
  }

  /** Whether anything waits for time. */
  protected get awaited(): boolean {
    for (const { wanted } of this.#alarms) if (wanted) return true;
    return false;
  }

  /** Moves on to the next alarm; false without one. */
  protected jump(): boolean {
    let next: Alarm | null = null;
    for (const alarm of this.#alarms) if (alarm.wanted && (next === null || alarm.when < next.when)) next = alarm;
    if (next === null) return false;
    this.#alarms.delete(next);
    this.#now = Math.max(this.#now, next.when);
    next.ring();
    this.book();
    return true;
  }
}
