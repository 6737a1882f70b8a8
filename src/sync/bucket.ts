/**
 * The token bucket (golang.org/x/time/rate).
 *
 * The state is `tokens` at the moment `last`, and the claims that could not be met then, in order. Invariants: while there
 * are claims, the first asks for more than there is; a claim is met as of the moment its tokens were there, not as of the
 * moment somebody noticed. So a host timer that rings late costs nobody anything: what came in meanwhile is counted from
 * the moment before, and events keep their rate without drift, also with a burst of 1.
 *
 * Waits and reservations stand in one line. A wait that gives up leaves it, and those behind it move up. A reservation was
 * told its time and keeps it, even if the line gets shorter before it. So tokens that are not used after all are given back
 * only as far as no later reservation counts on them, by Go's rule: what was promised between the two is kept. Without that
 * the next claim is met at the moment at which the reservation acts, and a burst of 1 lets two act at once.
 *
 * Go lets the tokens go below zero instead of keeping a line; then a wait that is cancelled can't give back what it took
 * while others wait behind it, and they wait for nothing.
 */

import { m } from "../runtime/m.ts";
import type { P } from "../runtime/proc.ts";
import type { Thing } from "../runtime/thing.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import type { WaitReason } from "../runtime/types.ts";
import { claim, type Proxies, Waiter, WaitQueue } from "../runtime/waiter.ts";

/** What dumps say of its waiters. */
const REASONS = { wait: "rate limit" };

/** A place in the line: it stands for a waiter, for a reservation, or for tokens that are kept for a later reservation. */
export class Claim extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  n: number;
  #waiter: Waiter | null;

  constructor(n: number, waiter: Waiter | null) {
    super();
    this.n = n;
    this.#waiter = waiter;
  }

  /** Nothing waits here any more, but `n` tokens are kept. */
  keep(n: number): void {
    this.n = n;
    this.#waiter = null;
  }

  override get root(): Waiter {
    return this.#waiter?.root ?? this;
  }

  override get gone(): boolean {
    return this.#waiter?.gone === true;
  }

  override commit(): boolean {
    return this.#waiter?.commit() === true;
  }

  override complete(): void {
    this.#waiter?.complete(undefined, true);
  }

  override fail(error: unknown): void {
    this.#waiter?.fail(error);
  }
}

/** Fractions add up to a little more or less than they should. */
export const CRUMB = 1e-9;

export class Bucket implements Thing {
  readonly id = 0;
  readonly p: P = m.current();
  /** Tokens a millisecond. */
  rate: number;
  burst: number;
  readonly #line: WaitQueue = new WaitQueue();
  /** What the line asks for in total. */
  #claimed = 0;
  #tokens: number;
  #last: number;
  /** The latest moment that a reservation was told. */
  #promised = -Infinity;
  readonly #timer: RuntimeTimer;

  /** The name that the program gave it. */
  readonly name: string | undefined;

  constructor(rate: number, burst: number, name: string | undefined) {
    this.name = name;
    this.rate = rate;
    this.burst = burst;
    this.#tokens = burst;
    this.#last = this.p.clock.now();
    if (m.touch !== null) m.touch(this);
    this.#timer = new RuntimeTimer(this.p.timers, () => this.settle(), undefined);
  }

  get kind(): "Limiter" {
    return "Limiter";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  /** Meets the claims that can be met by now, in order, and sets the timer for the next one. */
  settle(): void {
    if (m.touch !== null) m.touch(this);
    const now = this.p.clock.now();
    for (let head = this.#head; head !== null; head = this.#head) {
      const due = this.#when(head.n);
      if (!head.gone && due > now) break;
      if (head.gone || !claim(head)) {
        this.#giveUp(head, due);
        continue;
      }
      this.#drop(head);
      this.#tokens = Math.max(0, this.#tokens - head.n);
      this.#last = due;
      // Completing a waiter can make others leave the line, which comes back to here.
      head.complete();
    }
    if (this.#head === null && now > this.#last) {
      this.#tokens = Math.min(this.burst, this.#tokens + (now - this.#last) * this.rate);
      this.#last = now;
    }
    this.#arm();
  }

  get #head(): Claim | null {
    return this.#line.first as Claim | null;
  }

  /** The moment at which `n` tokens are there, if nobody takes any. */
  #when(n: number): number {
    return n <= this.#tokens + CRUMB ? this.#last : this.#last + (n - this.#tokens) / this.rate;
  }

  #arm(): void {
    const { timers } = this.p;
    const head = this.#head;
    if (head === null) timers.remove(this.#timer);
    else {
      const when = this.#when(head.n);
      if (this.#timer.index >= 0 && this.#timer.when === when) return;
      timers.remove(this.#timer);
      timers.add(this.#timer, when, timers.order());
    }
  }

  #inLine(place: Claim): boolean {
    return place.prev !== null || this.#head === place;
  }

  #drop(place: Claim): void {
    this.#line.remove(place);
    this.#claimed -= place.n;
  }

  /** Takes `n` tokens if they are there and nobody stands in line. */
  take(n: number): boolean {
    if (this.rate === Infinity) return true;
    this.settle();
    if (this.#head !== null || n > this.#tokens + CRUMB) return false;
    this.#tokens = Math.max(0, this.#tokens - n);
    return true;
  }

  /** Whether `n` tokens are more than there can be. */
  never(n: number): boolean {
    return n > this.burst + CRUMB && this.rate < Infinity;
  }

  /** The moment at which a claim of `n` would be met that was made now. */
  due(n: number): number {
    if (this.rate === Infinity) return this.p.clock.now();
    this.settle();
    return this.#when(this.#claimed + n);
  }

  claim(n: number, waiter: Waiter | null): Claim {
    const place = new Claim(n, waiter);
    this.#line.push(place);
    this.#claimed += n;
    this.#arm();
    return place;
  }

  /** Promises `n` tokens for `when`, and gives the place in the line; null where the tokens are there. */
  reserve(n: number, when: number): Claim | null {
    const place = this.take(n) ? null : this.claim(n, null);
    this.#promised = Math.max(this.#promised, when);
    return place;
  }

  /** A claim that would be met at `when` is given up; `false` if it was met already. */
  leave(place: Claim, when: number = this.#dueOf(place)): boolean {
    if (!this.#inLine(place)) return false;
    this.#giveUp(place, when);
    this.settle();
    return true;
  }

  #giveUp(place: Claim, when: number): void {
    const free = this.#unused(place.n, when);
    if (free === place.n) this.#drop(place);
    else {
      this.#claimed -= free;
      place.keep(place.n - free);
    }
  }

  /** Gives back tokens that were taken for `when` and not used. */
  refund(n: number, when: number): void {
    this.settle();
    this.#tokens = Math.min(this.burst, this.#tokens + this.#unused(n, when));
    this.settle();
  }

  /** How many of `n` tokens, which are not used at `when` after all, no later reservation counts on. */
  #unused(n: number, when: number): number {
    const kept = this.#promised > when ? (this.#promised - when) * this.rate : 0;
    if (when === this.#promised) this.#promised = Math.max(when - n / this.rate, this.p.clock.now());
    return Math.max(0, n - kept);
  }

  /** When a claim in the line will be met if no other gives up. */
  #dueOf(place: Claim): number {
    if (this.#promised <= this.p.clock.now()) return Infinity; // no reservation counts on it
    let n = 0;
    for (const each of this.#line) {
      n += (each as Claim).n;
      if (each === place) break;
    }
    return this.#when(n);
  }

  /** Changes the rate or the burst from now on. */
  change(set: () => void): void {
    this.settle();
    const now = this.p.clock.now();
    if (now > this.#last) {
      this.#tokens += (now - this.#last) * this.rate;
      this.#last = now;
    }
    set();
    this.settle();
  }

  get tokens(): number {
    this.settle();
    const since = this.rate === Infinity ? 0 : (this.p.clock.now() - this.#last) * this.rate;
    return this.#tokens + Math.max(0, since) - this.#claimed;
  }
}
