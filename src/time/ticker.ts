/** Tickers: an event again and again, every so often. */

import { nilChan } from "../chan/nil.ts";
import type { RecvChan } from "../chan/types.ts";
import { millis } from "../runtime/args.ts";
import { checkInside } from "../runtime/clock.ts";
import { Panic, type PanicCode } from "../runtime/panic.ts";
import { current } from "../runtime/proc.ts";
import { BufferedTimer } from "./buffered-timer.ts";
import { ChanTimer } from "./chan-timer.ts";
import type { Time } from "./time.ts";

/**
 * A ticker: every `d` milliseconds the time can be received from its channel `c`.
 *
 * A receiver that is too slow misses ticks: they are dropped, the next one comes in the ticker's own rhythm. A ticker that
 * nobody waits on does not run, holds nothing open and can be collected; `stop` is for its receivers.
 * Source: https://pkg.go.dev/time#Ticker
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { Ticker, Millisecond } from "millrace/time";
 * await run(function* () {
 *   using ticker = new Ticker(2 * Millisecond);
 *   for (let i = 1; i <= 3; i++) {
 *     yield* ticker.c.recv();
 *     console.log("tick", i);
 *   }
 * });
 * ```
 */
export class Ticker implements Disposable {
  readonly #engine: ChanTimer | BufferedTimer;

  /**
   * Starts it: the first tick comes `d` milliseconds from now.
   * Source: https://pkg.go.dev/time#NewTicker
   *
   * @param d milliseconds between ticks, more than zero; `Infinity` never ticks
   * @throws Panic TICKER_INTERVAL when `d` is zero or less, ArgumentError when it is no number
   */
  constructor(d: number) {
    checkPeriod("new Ticker", d, "TICKER_INTERVAL");
    const p = current();
    const Engine = p.asyncTimerChan ? BufferedTimer : ChanTimer;
    this.#engine = new Engine(p, "ticker", p.clock.now() + d, p.timers.order(), d);
  }

  /** Gives the time at each tick. */
  get c(): RecvChan<Time> {
    return this.#engine.c;
  }

  /**
   * Stops the ticks. The channel is not closed, so that nobody takes that for a tick: whoever receives waits on.
   * Source: https://pkg.go.dev/time#Ticker.Stop
   */
  stop(): void {
    this.#engine.stop();
  }

  /**
   * Stops the ticker and starts it with another period: the next tick comes `d` milliseconds from now.
   * Source: https://pkg.go.dev/time#Ticker.Reset
   *
   * @param d milliseconds between ticks, more than zero; `Infinity` never ticks
   * @throws Panic TICKER_RESET when `d` is zero or less, TIMER_BUBBLE when it is a ticker of another bubble, or of one that has
   *   ended; ArgumentError when `d` is not a number
   */
  reset(d: number): void {
    checkPeriod("Ticker.reset", d, "TICKER_RESET");
    checkInside(this.#engine.p);
    this.#engine.reset(d, d);
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

function checkPeriod(where: string, d: number, code: PanicCode): void {
  millis(where, d, -Infinity);
  if (d <= 0) throw new Panic(code, `${where}: expected more than 0 ms, got ${d}`);
}

/**
 * The channel of a new ticker, for a program that never stops it. A nil channel for zero or less.
 * Source: https://pkg.go.dev/time#Tick
 *
 * @param d milliseconds between ticks
 * @throws ArgumentError when `d` is no number
 *
 * @example
 * ```ts
 * import { range, run } from "millrace";
 * import { tick } from "millrace/time";
 * await run(function* () {
 *   let n = 0;
 *   for (const r = range(tick(1)); yield* r.next(); ) {
 *     if (++n === 3) return;
 *     console.log("tick", n);
 *   }
 * });
 * ```
 */
export function tick(d: number): RecvChan<Time> {
  millis("tick", d, -Infinity);
  return d <= 0 ? nilChan<Time>() : new Ticker(d).c;
}
