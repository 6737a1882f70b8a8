/**
 * A limit on what happens within a window of time, where the token bucket limits the rate: no window ever has more than the limit.
 *
 * Invariants: the first in the queue, if any, must wait, and the timer is set for the moment it need not; those behind it wait
 * with it. What happens counts from the moment it does, so a host timer that rings late lets no window have more.
 */
import { amount, checkOptions, oneOf, positive } from "../runtime/args.ts";
import { Deque } from "../runtime/deque.ts";
import { m } from "../runtime/m.ts";
import { NO, Operation } from "../runtime/op.ts";
import { ArgumentError } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Thing } from "../runtime/thing.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import type { Op, WaitReason } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { claim, type Waiter, WaitQueue } from "../runtime/waiter.ts";
import { CRUMB } from "./bucket.ts";
import { Refused } from "./refused.ts";

/** What dumps say of its waiters. */
const REASONS = { wait: "rate limit" };

/** Options of a `WindowLimiter`. */
export interface WindowOptions {
  /**
   * `"sliding"`, the default: any stretch of time as long as the window has at most the limit. `"fixed"`: windows follow one another
   * from when it was made, and each begins with the whole limit, so two at their border may have nearly twice as much.
   */
  readonly kind?: "sliding" | "fixed" | undefined;
  /** Milliseconds between one event and the next: a number from 0 up, 0 by default. */
  readonly minTime?: number | undefined;
}

class Windows implements Thing {
  readonly id = 0;
  readonly name = undefined;
  readonly p: P = m.current();
  readonly limit: number;
  readonly length: number;
  readonly #fixed: boolean;
  readonly #minTime: number;
  /** Those who wait, with how much as the waiter's value. */
  readonly queue: WaitQueue = new WaitQueue();
  /** What happened and counts still, oldest first: in a fixed window, one entry for each of its events too. */
  readonly #events: Deque<{ readonly at: number; readonly n: number }> = new Deque();
  #used = 0;
  readonly #start: number = this.p.clock.now();
  #last = -Infinity;
  readonly #timer = new RuntimeTimer(this.p.timers, () => this.settle(), undefined);

  constructor(limit: number, length: number, fixed: boolean, minTime: number) {
    this.limit = limit;
    this.length = length;
    this.#fixed = fixed;
    this.#minTime = minTime;
  }

  get kind(): "Limiter" {
    return "Limiter";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  /** When what happened at `at` counts no more. */
  #over(at: number): number {
    if (!this.#fixed) return at + this.length;
    return this.#start + (Math.floor((at - this.#start) / this.length) + 1) * this.length;
  }

  #forget(now: number): void {
    while (this.#events.length > 0 && this.#over(this.#events.at(0).at) <= now) this.#used -= this.#events.shift().n;
    if (this.#events.length === 0) this.#used = 0;
  }

  get used(): number {
    this.#forget(this.p.clock.now());
    return this.#used;
  }

  /** The moment from which `n` may happen, as far as that depends on what has; `Infinity` for more than the limit. */
  when(n: number): number {
    if (n > this.limit) return Infinity;
    const now = this.p.clock.now();
    this.#forget(now);
    let when = Math.max(now, this.#last + this.#minTime);
    let used = this.#used;
    for (let i = 0; used + n > this.limit + CRUMB && i < this.#events.length; i++) {
      const { at, n: freed } = this.#events.at(i);
      used -= freed;
      when = Math.max(when, this.#over(at));
    }
    return when;
  }

  take(n: number): boolean {
    if (m.touch !== null) m.touch(this);
    if (this.queue.first !== null || this.when(n) > this.p.clock.now()) return false;
    this.#happens(n);
    return true;
  }

  #happens(n: number): void {
    const at = this.p.clock.now();
    this.#events.push({ at, n });
    this.#used += n;
    this.#last = at;
  }

  /** Serves the queue from its head, and sets the timer for what can't be served yet. */
  settle(): void {
    if (m.touch !== null) m.touch(this);
    const { timers, clock } = this.p;
    timers.remove(this.#timer);
    for (let w = this.queue.first; w !== null; w = this.queue.first) {
      const n = w.value as number;
      const when = this.when(n);
      if (!w.gone && when > clock.now()) {
        timers.remove(this.#timer);
        timers.add(this.#timer, when, timers.order());
        return;
      }
      this.queue.remove(w);
      if (w.gone || !claim(w)) continue;
      this.#happens(n);
      w.complete(undefined, true);
    }
  }
}

class WaitOp extends Operation<void> {
  readonly #windows: Windows;
  readonly #n: number;

  constructor(windows: Windows, n: number) {
    super();
    this.#windows = windows;
    this.#n = n;
  }

  override get verb(): string {
    return "wait";
  }

  override get on(): Windows {
    return this.#windows;
  }

  override attempt(): undefined | NO {
    return this.#windows.take(this.#n) ? undefined : NO;
  }

  override enqueue(w: Waiter): void {
    w.value = this.#n;
    this.#windows.queue.push(w);
    this.#windows.settle();
  }

  override dequeue(w: Waiter): void {
    this.#windows.queue.remove(w);
    w.value = undefined;
    this.#windows.settle();
  }
}

/**
 * Allows at most so many events in any window of time: "100 in a minute", strictly, where a `Limiter` with a burst of 100 and that
 * rate allows nearly twice as many in the first minute. Events may have a weight. Waiters are served first in, first out.
 *
 * @example
 * ```ts
 * import { bubble } from "millrace/testing";
 * import { WindowLimiter } from "millrace/sync";
 * import { now, since } from "millrace/time";
 * await bubble(function* () {
 *   const limiter = new WindowLimiter(2, 1000);
 *   const start = now();
 *   for (let i = 0; i < 5; i++) {
 *     yield* limiter.wait();
 *     console.log(since(start)); // 0, then 0, then 1000, then 1000, then 2000
 *   }
 * });
 * ```
 */
export class WindowLimiter {
  readonly #windows: Windows;

  /**
   * Makes one in which nothing has happened.
   *
   * @param limit how much may happen in a window: a number above 0
   * @param window its length in milliseconds: a number above 0
   * @param options `kind`, "sliding" (the default) or "fixed"; `minTime`, milliseconds from one event to the next (0)
   * @throws ArgumentError when they are not that
   */
  constructor(limit: number, window: number, options: WindowOptions = {}) {
    checkOptions("new WindowLimiter", options, "kind, minTime");
    const { kind = "sliding", minTime = 0 } = options;
    positive("new WindowLimiter: limit", limit);
    positive("new WindowLimiter: window", window);
    oneOf("new WindowLimiter: kind", kind, ["sliding", "fixed"]);
    this.#windows = new Windows(limit, window, kind === "fixed", amount("new WindowLimiter: minTime", minTime, 0));
  }

  /** How much may happen in a window. */
  get limit(): number {
    return this.#windows.limit;
  }

  /** The length of a window in milliseconds. */
  get window(): number {
    return this.#windows.length;
  }

  /** How much has happened that counts still. */
  get used(): number {
    return this.#windows.used;
  }

  /** Nothing that has happened counts any more, and nobody waits: a new one would do the same. */
  get idle(): boolean {
    return this.#windows.queue.first === null && this.#windows.used === 0 && this.delay(0) === 0;
  }

  /**
   * Whether `n` may happen now; if so, it counts. Never blocks.
   *
   * @param n a number from 0 up
   * @throws ArgumentError when it is not that
   */
  allow(n: number = 1): boolean {
    return this.#windows.take(amount("WindowLimiter.allow", n, 0));
  }

  /**
   * Waits until `n` may happen.
   *
   * Blocks until then, and until all who waited longer were served. With `n` above the limit it throws when it is performed; as a
   * case of a select it is then never ready.
   *
   * @param n a number from 0 up to the limit
   * @throws ArgumentError when it is not a number from 0 up
   */
  wait(n: number = 1): Op<void> {
    const { limit } = this;
    if (amount("WindowLimiter.wait", n, 0) <= limit) return made(new WaitOp(this.#windows, n));
    return made(new Refused(new ArgumentError(`WindowLimiter.wait: ${n} is more than the limit of ${limit}`)));
  }

  /**
   * Milliseconds until `n` may happen, if nobody else waits: 0 when it may now, `Infinity` when never. Never blocks.
   *
   * @param n a number from 0 up
   * @throws ArgumentError when it is not that
   */
  delay(n: number = 1): number {
    return this.#windows.when(amount("WindowLimiter.delay", n, 0)) - this.#windows.p.clock.now();
  }
}
