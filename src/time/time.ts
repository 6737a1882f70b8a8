/**
 * A moment, read from both clocks: the wall clock says which, the monotonic one how long ago. So a difference of two is
 * right even when the wall clock was set in between.
 */
import { millis } from "../runtime/args.ts";
import type { Clock } from "../runtime/clock.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import { current } from "../runtime/proc.ts";

let make: (ms: number, clock: Clock, mono: number) => Time;
let monotonicOf: (t: Date, clock: Clock) => number;

/**
 * A `Date` that also carries a reading of the monotonic clock, as Go's `time.Time` does. Make one with `now`.
 *
 * Differences between two that were read in the same run come from the monotonic clock and have fractions; with any
 * other `Date` they come from the wall clock. One whose date was set, with `setHours` or the like, loses its monotonic
 * reading.
 * Source: https://pkg.go.dev/time#hdr-Monotonic_Clocks
 *
 * @example
 * ```ts
 * import * as time from "millrace/time";
 * const start = time.now();
 * const deadline = start.add(3 * time.Second);
 * console.log(deadline.sub(start), start.before(deadline)); // 3000 true
 * ```
 */
export class Time extends Date {
  #clock: Clock | null = null;
  #mono = 0;
  /** What the wall clock said when the monotonic one was read: if the date says otherwise by now, it was set. */
  #wall = 0;

  static {
    make = (ms, clock, mono) => {
      const t = new Time(within(ms));
      t.#clock = clock;
      t.#mono = mono;
      t.#wall = t.getTime();
      return t;
    };
    monotonicOf = (t, clock) =>
      t instanceof Time && t.#clock === clock && t.#wall === t.getTime() ? t.#mono : Number.NaN;
  }

  /**
   * The moment `d` milliseconds later; the first or the last that a `Date` can say where that is beyond them.
   * Source: https://pkg.go.dev/time#Time.Add
   *
   * @param d milliseconds, earlier when negative; may have a fraction, which only the monotonic reading keeps
   * @throws ArgumentError when `d` is no number
   */
  add(d: number): Time {
    millis("Time.add", d, -Infinity);
    return this.#clock === null || this.#wall !== this.getTime()
      ? new Time(within(this.getTime() + d))
      : make(this.getTime() + d, this.#clock, this.#mono + d);
  }

  /**
   * How many milliseconds this is after `t`; negative when it is before.
   * Source: https://pkg.go.dev/time#Time.Sub
   *
   * @param t a `Time`, to be exact where both were read in the same run, or any `Date`
   * @throws ArgumentError when `t` is no valid `Date`
   */
  sub(t: Date): number {
    checkDate("Time.sub", t);
    const apart = this.#clock === null ? Number.NaN : monotonicOf(this, this.#clock) - monotonicOf(t, this.#clock);
    // To the nanosecond, as Go counts: what is below is the rounding of large numbers.
    return Number.isNaN(apart) ? this.getTime() - t.getTime() : Math.round(apart * 1e6) / 1e6;
  }

  /**
   * Whether this is before `t`.
   * Source: https://pkg.go.dev/time#Time.Before
   *
   * @param t a `Time` or any `Date`; throws as `sub` does
   */
  before(t: Date): boolean {
    return this.sub(t) < 0;
  }

  /**
   * Whether this is after `t`.
   * Source: https://pkg.go.dev/time#Time.After
   *
   * @param t a `Time` or any `Date`; throws as `sub` does
   */
  after(t: Date): boolean {
    return this.sub(t) > 0;
  }

  /**
   * Whether this is the same moment as `t`.
   * Source: https://pkg.go.dev/time#Time.Equal
   *
   * @param t a `Time` or any `Date`; throws as `sub` does
   */
  equal(t: Date): boolean {
    return this.sub(t) === 0;
  }
}

/** The last moment that a `Date` can say, in milliseconds since 1970. */
export const LAST = 8.64e15;

function within(ms: number): number {
  return Math.min(LAST, Math.max(-LAST, ms));
}

/** What says when something is: a `Time`, or any `Date`. */
export type Moment = Date;

/** The moment at which `clock`'s monotonic reading is `mono`. */
export function timeAt(clock: Clock, mono: number): Time {
  return make(clock.wall() + (mono - clock.now()), clock, mono);
}

/** The moment of `date`, with a reading of the monotonic clock. */
export function timeOf(clock: Clock, mono: number, date: Date): Time {
  return date instanceof Time ? date : make(date.getTime(), clock, mono);
}

/** When `t` is, in monotonic milliseconds of `clock`. */
export function monotonicAt(clock: Clock, t: Date): number {
  const mono = monotonicOf(t, clock);
  return Number.isNaN(mono) ? clock.now() + (t.getTime() - clock.wall()) : mono;
}

/** Refuses what is no date. */
export function checkDate(where: string, t: Date): void {
  if (t instanceof Date && !Number.isNaN(t.getTime())) return;
  throw new ArgumentError(`${where}: expected a valid Date, got ${t instanceof Date ? "an invalid Date" : show(t)}`);
}

/**
 * The time now, as a `Date` with a monotonic reading.
 * Source: https://pkg.go.dev/time#Now
 *
 * @example
 * ```ts
 * import { now } from "millrace/time";
 * console.log(now() instanceof Date); // true
 * ```
 */
export function now(): Time {
  const { clock } = current();
  return make(clock.wall(), clock, clock.now());
}

/**
 * How long ago `t` was, in milliseconds with a fraction. From the monotonic clock where `t` carries a reading of it, so a
 * wall clock that was set in between changes nothing.
 * Source: https://pkg.go.dev/time#Since
 *
 * @param t what `now` gave, or any `Date`
 * @throws ArgumentError when `t` is no valid `Date`
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { now, since, sleep } from "millrace/time";
 * await run(function* () {
 *   const start = now();
 *   yield* sleep(2);
 *   console.log(since(start) >= 2); // true
 * });
 * ```
 */
export function since(t: Date): number {
  checkDate("since", t);
  const { clock } = current();
  return clock.now() - monotonicAt(clock, t);
}
