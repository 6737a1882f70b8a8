/** How often something may begin: a limiter, and what waits for it in the place of a pool. */
import { unexpected } from "../runtime/args.ts";
import type { Operation } from "../runtime/op.ts";
import { NO } from "../runtime/op.ts";
import type { Op } from "../runtime/types.ts";
import { contained } from "../runtime/unused.ts";
import { type Proxies, Waiter } from "../runtime/waiter.ts";

/** What limits a rate, as a `Limiter` does. */
export interface Rate {
  /**
   * Whether `n` events may happen now; if so, they count.
   *
   * @param n a number from 0 up
   */
  allow(n?: number): boolean;
  /**
   * Waits until `n` events may happen.
   *
   * @param n a number from 0 up
   */
  wait(n?: number): Op<void>;
  /**
   * Milliseconds until `n` events may happen, 0 when they may now.
   *
   * @param n a number from 0 up
   */
  delay(n?: number): number;
}

export class RateGate extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly #rate: Rate;
  readonly #opened: () => void;
  /** Events that it was given and has not used. */
  #granted = 0;
  #waiting: { readonly op: Operation<void>; readonly n: number } | null = null;

  /** @param opened called when something may begin that could not before */
  constructor(rate: Rate, opened: () => void) {
    super();
    this.#rate = rate;
    this.#opened = opened;
  }

  admits(n: number): boolean {
    return this.#granted >= n || (this.#waiting === null && this.#rate.delay(n - this.#granted) === 0);
  }

  pass(n: number): boolean {
    const lacks = n - this.#granted;
    if (lacks > 0 && (this.#waiting !== null || !this.#allowed(lacks))) return false;
    this.#granted = Math.max(0, -lacks);
    return true;
  }

  back(n: number): void {
    this.#granted += n;
  }

  #allowed(n: number): boolean {
    if (this.#rate.allow(n)) return true;
    const op = this.#rate.wait(n) as Operation<void>;
    contained(op);
    if (op.attempt() !== NO) return true;
    this.#waiting = { op, n };
    op.enqueue(this);
    return false;
  }

  /** Whether it never lets that many happen at once, though it lets one. */
  never(n: number): boolean {
    return this.#rate.delay(n) === Infinity && this.#rate.delay(1) < Infinity;
  }

  delay(): number {
    return this.#granted > 0 ? 0 : this.#rate.delay(1);
  }

  stop(): void {
    this.#waiting?.op.dequeue(this);
    this.#waiting = null;
  }

  override complete(): void {
    this.#granted += this.#waiting?.n ?? 0;
    this.#waiting = null;
    this.#opened();
  }

  override fail(): void {
    this.#waiting = null;
  }
}

export function checkRate(where: string, rate: Rate): Rate {
  const { allow, wait, delay } = (rate ?? {}) as Partial<Rate>;
  if ([allow, wait, delay].every((method) => typeof method === "function")) return rate;
  throw unexpected(`${where}: limiter`, "a limiter", rate);
}
