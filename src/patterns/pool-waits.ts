/** Waiting until a pool has come to a state: idle, empty, with fewer than so many jobs waiting, or with all workers busy. */
import { NO, Operation } from "../runtime/op.ts";
import type { Thing } from "../runtime/thing.ts";
import { claim, type Waiter, WaitQueue } from "../runtime/waiter.ts";

/** What of a pool can be waited for. */
export interface PoolView extends Thing {
  readonly label: string;
  readonly open: number;
  readonly running: number;
  readonly saturated: boolean;
  taken(): void;
}

export class PoolWaits {
  readonly pool: PoolView;
  readonly queue: WaitQueue = new WaitQueue();

  constructor(pool: PoolView) {
    this.pool = pool;
  }

  /** Something has changed. Completing a waiter may change more, and comes back to here. */
  tell(): void {
    for (let w = this.queue.first; w !== null; ) {
      const { next } = w;
      if (!(w.value as StateOp).holds) w = next;
      else {
        this.queue.remove(w);
        if (claim(w)) w.complete(undefined, true);
        w = this.queue.first;
      }
    }
  }
}

export class StateOp extends Operation<void> {
  readonly #waits: PoolWaits;
  readonly #holds: (pool: PoolView) => boolean;

  constructor(waits: PoolWaits, holds: (pool: PoolView) => boolean) {
    super();
    this.#waits = waits;
    this.#holds = holds;
  }

  get holds(): boolean {
    return this.#holds(this.#waits.pool);
  }

  override get verb(): string {
    return "wait";
  }

  override get on(): PoolView {
    return this.#waits.pool;
  }

  override attempt(): undefined | NO {
    if (!this.holds) return NO;
    this.#waits.pool.taken();
    return undefined;
  }

  override enqueue(w: Waiter): void {
    w.value = this;
    this.#waits.queue.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#waits.queue.remove(w);
    w.value = undefined;
  }
}
