/**
 * The token bucket (golang.org/x/time/rate).
 *
 * The state is `tokens` at the moment `last`, and the claims that could not be met then, in order. Invariants: while there
 * are claims, the first asks for more than there is; a claim is met as of the moment its tokens were there, not as of the
 * moment somebody noticed. So a host timer that rings late costs nobody anything: what came in meanwhile is counted from
 * the moment before, and events keep their rate without drift, also with a burst of 1.
 *
 * Waits and reservations stand in one line. A wait that gives up leaves it, and those behind it move up. A reservation was
 * told its time and keeps it, even if the line gets shorter before it.
 *
 * Go lets the tokens go below zero instead of keeping a line; then a wait that is cancelled can't always give back what it
 * took, and the ones behind it wait for nothing.
 */
import { m } from "../runtime/m.ts";
import type { P } from "../runtime/proc.ts";
import { RuntimeTimer } from "../runtime/timers.ts";
import { claim, type Proxies, Waiter, WaitQueue } from "../runtime/waiter.ts";

/** A place in the line, in which it stands for a waiter or for a reservation. */
export class Claim extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly n: number;
  readonly #waiter: Waiter | null;

  constructor(n: number, waiter: Waiter | null) {
    super();
    this.n = n;
    this.#waiter = waiter;
  }

  override get root(): Waiter {
    return this.#waiter?.root ?? this;
  }

  override get gone(): boolean {
    return this.#waiter?.gone === true;
  }

  override complete(): void {
    this.#waiter?.complete(undefined, true);
  }

  override fail(error: unknown): void {
    this.#waiter?.fail(error);
  }
}

export class Bucket {
  readonly p: P = m.current();
  /** Tokens a millisecond. */
  rate: number;
  burst: number;
  readonly #line: WaitQueue = new WaitQueue();
  /** What the line asks for in total. */
  #claimed = 0;
  #tokens: number;
  #last: number;
  readonly #timer: RuntimeTimer;

  constructor(rate: number, burst: number) {
    this.rate = rate;
    this.burst = burst;
    this.#tokens = burst;
    this.#last = this.p.clock.now();
    if (m.touch !== null) m.touch(this);
    this.#timer = new RuntimeTimer(this.p.timers, () => this.settle(), undefined);
  }

  /** Meets the claims that can be met by now, in order, and sets the timer for the next one. */
  settle(): void {
    if (m.touch !== null) m.touch(this);
    const now = this.p.clock.now();
    for (let head = this.#head; head !== null; head = this.#head) {
      const due = head.gone ? now : this.#when(head.n);
      if (due > now) break;
      this.#drop(head);
      if (head.gone || !claim(head)) continue;
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
    return n <= this.#tokens ? this.#last : this.#last + (n - this.#tokens) / this.rate;
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

  #drop(place: Claim): boolean {
    if (place.prev === null && this.#head !== place) return false;
    this.#line.remove(place);
    this.#claimed -= place.n;
    return true;
  }

  /** Takes `n` tokens if they are there and nobody stands in line. */
  take(n: number): boolean {
    if (this.rate === Infinity) return true;
    this.settle();
    if (this.#head !== null || n > this.#tokens) return false;
    this.#tokens -= n;
    return true;
  }

  /** The moment at which a claim of `n` would be met that was made now. */
  promise(n: number): number {
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

  /** Takes a claim out of the line; `false` if it was met already. */
  leave(place: Claim): boolean {
    const left = this.#drop(place);
    if (left) this.settle();
    return left;
  }

  /** Gives back tokens that were taken and not used. */
  refund(n: number): void {
    this.settle();
    this.#tokens = Math.min(this.burst, this.#tokens + n);
    this.settle();
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
