/**
 * Timers: one event, once, after a while.
 *
 * A `Timer` whose channel nobody has asked for is only the moment when it is due: setting and stopping one touches
 * neither heap nor host.
 */

import type { RecvChan } from "../chan/types.ts";
import { callable, millis } from "../runtime/args.ts";
import type { Body } from "../runtime/body.ts";
import { checkInside } from "../runtime/clock.ts";
import { m } from "../runtime/m.ts";
import { current, type P } from "../runtime/proc.ts";
import { keepQuietly } from "../runtime/shape.ts";
import { BufferedTimer } from "./buffered-timer.ts";
import { ChanTimer } from "./chan-timer.ts";
import { FuncTimer } from "./func-timer.ts";
import type { Time } from "./time.ts";

/**
 * A timer: when it is due, the time can be received from its channel `c`, once.
 *
 * By default Go 1.23's rules hold: no value of before is received after `stop` or `reset`, so there is nothing to drain,
 * `stop` is `true` also when the timer is due and nobody has received from it, and a timer that nobody refers to is
 * collected. Under `run(fn, { asyncTimerChan: true })` the older ones do: `c` has a buffer of 1, `stop` is `false` once the
 * timer has fired, and its value stays in the buffer until it is received.
 * Source: https://pkg.go.dev/time#Timer
 *
 * @example
 * ```ts
 * import { run, select, chan } from "millrace";
 * import { Timer, Second, Millisecond } from "millrace/time";
 * await run(function* () {
 *   const work = chan<string>();
 *   const timer = new Timer(5 * Millisecond);
 *   const s = yield* select({ work: work.recv(), timeout: timer.c.recv() });
 *   console.log(s.case); // timeout
 *   console.log(timer.reset(60 * Second)); // false: it had fired
 *   console.log(timer.stop()); // true
 * });
 * ```
 */
export class Timer implements Disposable {
  readonly #p: P;
  #when: number;
  #seq: number;
  #active = true;
  /** What it is once more is known than that it is due; from then on it has the state. */
  #engine: ChanTimer | BufferedTimer | null = null;

  /**
   * Starts it.
   * Source: https://pkg.go.dev/time#NewTimer
   *
   * @param d after how many milliseconds it is due: at once for zero or less, never for `Infinity`
   * @throws ArgumentError when `d` is no number
   */
  constructor(d: number);
  constructor(d: number, p: P = current()) {
    millis("new Timer", d, -Infinity);
    if (!keeps) keepShapes();
    this.#p = p;
    this.#when = p.clock.now() + d;
    this.#seq = p.timers.order();
    if (p.asyncTimerChan) this.#engine = new BufferedTimer(p, "timer", this.#when, this.#seq, 0);
  }

  /** Gives the time when the timer fires; a nil channel for a timer made by `afterFunc`. */
  get c(): RecvChan<Time> {
    if (this.#engine === null) {
      const engine = new ChanTimer(this.#p, "timer", this.#when, this.#seq, 0);
      if (!this.#active) engine.stop();
      this.#engine = engine;
    }
    return this.#engine.c;
  }

  /**
   * Keeps the timer from firing. `true` when it did that, `false` when the timer had fired or been stopped before. For a
   * timer made by `afterFunc`, `false` means that the function's goroutine has been started; it is not waited for.
   * Source: https://pkg.go.dev/time#Timer.Stop
   */
  stop(): boolean {
    if (this.#engine !== null) return this.#engine.stop();
    const was = this.#active;
    this.#active = false;
    return was;
  }

  /**
   * Makes the timer due `d` milliseconds from now. `true` when it had been active, `false` when it had fired or been
   * stopped. A function of `afterFunc` is called again then.
   * Source: https://pkg.go.dev/time#Timer.Reset
   *
   * @param d after how many milliseconds it is due: at once for zero or less, never for `Infinity`
   * @throws ArgumentError when `d` is not a number; Panic TIMER_BUBBLE when it is a timer of another bubble, or of one that
   *   has ended
   */
  reset(d: number): boolean {
    millis("Timer.reset", d, -Infinity);
    checkInside(this.#p);
    if (this.#engine !== null) return this.#engine.reset(d, 0);
    const was = this.#active;
    this.#active = true;
    this.#when = this.#p.clock.now() + d;
    this.#seq = this.#p.timers.order();
    return was;
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

let keeps = false;
/**
 * Keeps the shapes of timers from the first one on. Not when this file is evaluated: a bundler would have to keep that, and with
 * it everything, for a program that takes a constant of the same entry. The timers are the default run's, which stays anyway.
 */
function keepShapes(): void {
  keeps = true;
  keepQuietly(() => {
    const p = m.fallback as P;
    const stopped = new (Timer as new (d: number, p: P) => Timer)(0, p);
    const func = new FuncTimer(p, Infinity, () => {});
    stopped.stop();
    func.stop();
    return [stopped, stopped.c, func];
  });
}

/** What `afterFunc` gives: the function's timer has the state, not the one that it stands on. */
class FuncHandle extends Timer {
  readonly #run: P;
  readonly #timer: FuncTimer;

  constructor(d: number, fn: Body) {
    super(Infinity);
    super.stop();
    this.#run = current();
    this.#timer = new FuncTimer(this.#run, d, fn);
  }

  override get c(): RecvChan<Time> {
    return this.#timer.c;
  }

  override stop(): boolean {
    return this.#timer.stop();
  }

  override reset(d: number): boolean {
    millis("Timer.reset", d, -Infinity);
    checkInside(this.#run);
    return this.#timer.reset(d);
  }
}

/**
 * A channel that gives the time once, `d` milliseconds from now.
 *
 * Nothing has to be stopped: while nobody waits on the channel, no timer runs, and a select in which its case loses leaves
 * nothing behind, in a loop neither.
 * Source: https://pkg.go.dev/time#After
 *
 * @param d in how many milliseconds: at once for zero or less, never for `Infinity`
 * @throws ArgumentError when `d` is no number
 *
 * @example
 * ```ts
 * import { chan, run, select } from "millrace";
 * import { after } from "millrace/time";
 * await run(function* () {
 *   const message = chan<string>();
 *   const s = yield* select({ message: message.recv(), timeout: after(5).recv() });
 *   console.log(s.case); // timeout
 * });
 * ```
 */
export function after(d: number): RecvChan<Time> {
  millis("after", d, -Infinity);
  if (!keeps) keepShapes();
  const p = current();
  const Engine = p.asyncTimerChan ? BufferedTimer : ChanTimer;
  return new Engine(p, "after", p.clock.now() + d, p.timers.order(), 0).c;
}

/**
 * Calls `fn` in a goroutine of its own, `d` milliseconds from now.
 *
 * Until then it holds the process open, unless it is stopped; when the run it was made in ends, it is dropped.
 * Source: https://pkg.go.dev/time#AfterFunc
 *
 * @param d in how many milliseconds: at once for zero or less, never for `Infinity`
 * @param fn a generator, async or plain function
 * @throws ArgumentError when `d` is no number or `fn` no function; Panic NIL_FUNCTION when `fn` is null or undefined
 *
 * @example
 * ```ts
 * import { chan, run } from "millrace";
 * import { afterFunc } from "millrace/time";
 * await run(function* () {
 *   const done = chan<void>();
 *   const timer = afterFunc(60_000, function* () { yield* done.send(undefined); });
 *   timer.reset(1);
 *   yield* done.recv();
 *   console.log(timer.stop()); // false: it has run
 * });
 * ```
 */
export function afterFunc(d: number, fn: () => unknown): Timer {
  millis("afterFunc", d, -Infinity);
  callable("afterFunc", fn);
  return new FuncHandle(d, fn as Body);
}
