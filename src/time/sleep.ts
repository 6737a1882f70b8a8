/** Sleeping: a timer in the heap that belongs to the waiter, for exactly as long as it waits. */

import { millis } from "../runtime/args.ts";
import { NO, Operation } from "../runtime/op.ts";
import { current } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import type { Waiter } from "../runtime/waiter.ts";

function wake(w: Waiter): void {
  w.proxies = null;
  w.complete(undefined, true);
}

class SleepOp extends Operation<void> {
  readonly #d: number;

  constructor(d: number) {
    super();
    this.#d = d;
  }

  override get verb(): string {
    return "sleep";
  }

  override get on(): null {
    return null;
  }

  override attempt(): undefined | NO {
    return this.#d <= 0 ? undefined : NO;
  }

  override enqueue(w: Waiter): void {
    const { clock, timers } = current();
    const timer = new RuntimeTimer(timers, wake, w);
    w.proxies = timer;
    timers.add(timer, clock.now() + this.#d, timers.order());
  }

  override dequeue(w: Waiter): void {
    const timer = w.proxies as RuntimeTimer | null;
    if (timer === null) return;
    w.proxies = null;
    timer.timers.remove(timer);
  }
}

/**
 * Sleeps.
 *
 * Blocks for at least `d` milliseconds from the moment it is performed; not at all for zero or less; for ever for
 * `Infinity`. It can be a case of a select, and one that lost leaves nothing behind. A sleep that is under way holds the
 * process open.
 * Source: https://pkg.go.dev/time#Sleep
 *
 * @param d how long, in milliseconds; may have a fraction
 * @throws ArgumentError when `d` is no number
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import * as time from "millrace/time";
 * await run(function* () {
 *   yield* time.sleep(5 * time.Millisecond);
 *   console.log("awake");
 * });
 * ```
 */
export function sleep(d: number): Op<void> {
  millis("sleep", d, -Infinity);
  return made(new SleepOp(d));
}
