/** The rate limiter (golang.org/x/time/rate); what it counts with is in `bucket.ts`. */

import { DeadlineExceeded } from "../context/errors.ts";
import { nodeOf } from "../context/parent.ts";
import type { Context } from "../context/types.ts";
import { amount, millis } from "../runtime/args.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { NO, Operation } from "../runtime/op.ts";
import { ArgumentError } from "../runtime/panic.ts";
import type { Op } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { monotonicAt } from "../time/time.ts";
import { Bucket, type Claim } from "./bucket.ts";
import { Refused } from "./refused.ts";
import { UntilDone } from "./until-done.ts";

class WaitOp extends Operation<void> {
  readonly #bucket: Bucket;
  readonly #n: number;

  constructor(bucket: Bucket, n: number) {
    super();
    this.#bucket = bucket;
    this.#n = n;
  }

  override get verb(): string {
    return "wait";
  }

  override get on(): Bucket {
    return this.#bucket;
  }

  override attempt(): undefined | NO {
    return this.#bucket.take(this.#n) ? undefined : NO;
  }

  override enqueue(w: Waiter): void {
    w.value = this.#bucket.claim(this.#n, w);
  }

  override dequeue(w: Waiter): void {
    const claim = w.value as Claim;
    w.value = undefined;
    this.#bucket.leave(claim);
  }
}

/** Tokens that were promised for a moment. Whoever has one acts after `delay()`, or gives it back with `cancel()`. */
export interface Reservation {
  /** Whether the limiter can ever provide that many tokens. */
  readonly ok: boolean;
  /**
   * How long to wait before acting, in milliseconds: 0 when that may be now, `Infinity` when `ok` is false.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Reservation.Delay
   */
  delay(): number;
  /**
   * Says that the holder will not act, so that others get the tokens, except those that later reservations count on: they
   * keep the moments they were told. Does nothing once the promised moment has passed.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Reservation.Cancel
   */
  cancel(): void;
}

class Reserved implements Reservation {
  readonly ok: boolean;
  readonly #bucket: Bucket;
  readonly #n: number;
  readonly #when: number;
  /** Its place in the line; null when it was met at once or is not `ok`. */
  readonly #claim: Claim | null;
  /** There is nothing to give back. */
  #done: boolean;

  constructor(bucket: Bucket, n: number, when: number) {
    this.#bucket = bucket;
    this.#n = n;
    this.#when = when;
    this.ok = when < Infinity;
    this.#done = !this.ok || bucket.rate === Infinity;
    this.#claim = this.#done ? null : bucket.reserve(n, when);
  }

  delay(): number {
    return Math.max(0, this.#when - this.#bucket.p.clock.now());
  }

  cancel(): void {
    if (this.#done || this.#bucket.p.clock.now() > this.#when) return;
    this.#done = true;
    if (this.#claim === null || !this.#bucket.leave(this.#claim, this.#when)) this.#bucket.refund(this.#n, this.#when);
  }
}

/**
 * Controls how often events happen: at `perSecond` on average, with at most `burst` at once. It starts full. An event may
 * weigh more or less than one, also a fraction.
 * Source: https://pkg.go.dev/golang.org/x/time/rate#Limiter
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { Limiter } from "millrace/sync";
 * await run(function* () {
 *   const limiter = new Limiter(1000, 2); // 1000 a second, 2 at once
 *   for (let i = 0; i < 4; i++) {
 *     yield* limiter.wait();
 *     console.log("request", i);
 *   }
 * });
 * ```
 */
export class Limiter {
  readonly #bucket: Bucket;

  /**
   * Fills it: the first `burst` events may happen at once.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#NewLimiter
   *
   * @param perSecond events a second on average: from 0 up, with fractions; `Infinity` allows every event
   * @param burst how many events can happen at once: a number from 0 up
   * @param options `name`, for dumps, traces and the inspector
   * @throws ArgumentError when they are not that
   */
  constructor(perSecond: number, burst: number = 1, options: NameOptions = {}) {
    const rate = checkRate("new Limiter", perSecond);
    this.#bucket = new Bucket(rate, events("new Limiter: burst", burst), named("new Limiter", options));
  }

  /**
   * The rate of one event every `interval` milliseconds, in events a second: `new Limiter(Limiter.every(100))`.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Every
   *
   * @param interval milliseconds between two events; zero or less gives `Infinity`, every event
   * @throws ArgumentError when it is not a number
   */
  static every(interval: number): number {
    millis("Limiter.every", interval, -Infinity);
    return interval <= 0 ? Infinity : 1000 / interval;
  }

  /** Events a second on average. */
  get limit(): number {
    return this.#bucket.rate * 1000;
  }

  /** How many events can happen at once. */
  get burst(): number {
    return this.#bucket.burst;
  }

  /**
   * How many tokens there are now; negative when more were promised.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Limiter.Tokens
   */
  tokens(): number {
    return this.#bucket.tokens;
  }

  /** Whether it is full and nothing was promised: a new one would do the same. */
  get idle(): boolean {
    return this.#bucket.rate === Infinity || this.#bucket.tokens >= this.#bucket.burst;
  }

  /**
   * Whether `n` events may happen now; if so, they count. Never blocks.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Limiter.AllowN
   *
   * @param n a number from 0 up
   * @throws ArgumentError when it is not that
   */
  allow(n: number = 1): boolean {
    return this.#bucket.take(events("Limiter.allow", n));
  }

  /**
   * Milliseconds until `n` events may happen, 0 when they may now, `Infinity` when never. Never blocks.
   *
   * @param n a number from 0 up
   * @throws ArgumentError when it is not that
   */
  delay(n: number = 1): number {
    const bucket = this.#bucket;
    events("Limiter.delay", n);
    if (bucket.never(n)) return Infinity;
    return Math.max(0, bucket.due(n) - bucket.p.clock.now());
  }

  /**
   * Waits until `n` events may happen.
   *
   * Blocks until there are `n` tokens and all who waited longer had theirs. With a context, throws its error when it is
   * done first, and throws at once when its deadline is too early to wait for. With `n` above the burst it throws when it is
   * performed; as a case of a select it is then never ready.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Limiter.WaitN
   *
   * @param n a number from 0 to the burst
   * @param ctx gives up when it is done
   * @throws ArgumentError when `n` is not a number from 0 up, or `ctx` is not a context
   */
  wait(n: number = 1, ctx?: Context): Op<void> {
    const bucket = this.#bucket;
    events("Limiter.wait", n);
    if (bucket.never(n)) {
      return made(new Refused(new ArgumentError(`rate: Wait(n=${n}) exceeds limiter's burst ${bucket.burst}`)));
    }
    const wait = new WaitOp(bucket, n);
    if (ctx === undefined) return made(wait);
    nodeOf("Limiter.wait", ctx);
    return made(
      new UntilDone(wait, ctx, () => {
        const deadline = ctx.deadline();
        if (deadline === undefined || bucket.due(n) <= monotonicAt(bucket.p.clock, deadline)) return;
        throw new Error(`rate: Wait(n=${n}) would exceed context deadline`, { cause: DeadlineExceeded });
      }),
    );
  }

  /**
   * Promises `n` tokens for the earliest moment, and says when that is. Never blocks.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Limiter.ReserveN
   *
   * @param n a number from 0 up; more than the burst gives a reservation that is not `ok`
   * @throws ArgumentError when it is no such number
   */
  reserve(n: number = 1): Reservation {
    const bucket = this.#bucket;
    events("Limiter.reserve", n);
    return new Reserved(bucket, n, bucket.never(n) ? Infinity : bucket.due(n));
  }

  /**
   * Sets how many events may happen a second. Who waits is served at the new rate from now on.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Limiter.SetLimit
   *
   * @param perSecond events a second on average: from 0 up, with fractions; `Infinity` allows every event
   * @throws ArgumentError when it is not that
   */
  setLimit(perSecond: number): void {
    const rate = checkRate("Limiter.setLimit", perSecond);
    this.#bucket.change(() => {
      this.#bucket.rate = rate;
    });
  }

  /**
   * Sets how many events may happen at once. Who waits for more than that already still gets it.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Limiter.SetBurst
   *
   * @param burst a number from 0 up
   * @throws ArgumentError when it is not that
   */
  setBurst(burst: number): void {
    events("Limiter.setBurst", burst);
    this.#bucket.change(() => {
      this.#bucket.burst = burst;
    });
  }
}

function checkRate(where: string, perSecond: number): number {
  return amount(where, perSecond, 0) / 1000;
}

function events(where: string, n: number): number {
  return amount(where, n, 0, Number.MAX_VALUE);
}
