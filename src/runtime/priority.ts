/**
 * Waiters by priority: the highest first, those of one priority first in, first out.
 *
 * A queue for each priority that has waiters, and a binary heap of these queues, so that what a waiter costs depends on how
 * many priorities there are, not on how many wait. Invariant: each queue is in the heap once and in the map; one that has run
 * empty stays until it is at the top.
 */
import { amount, checkOptions } from "./args.ts";
import { claim, type Waiter, WaitQueue } from "./waiter.ts";

class Rank extends WaitQueue {
  readonly priority: number;

  constructor(priority: number) {
    super();
    this.priority = priority;
  }
}

export class PriorityQueue<W extends Waiter> {
  readonly #heap: Rank[] = [];
  readonly #ranks = new Map<number, Rank>();
  readonly #priorityOf: (w: W) => number;
  /** The one that was asked for last: mostly the only one. */
  #recent: Rank | null = null;

  /** @param priorityOf a waiter's priority, which must not change while it is here */
  constructor(priorityOf: (w: W) => number) {
    this.#priorityOf = priorityOf;
  }

  get first(): W | null {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.first !== null) return top.first as W;
      if (this.#heap.length === 1) return null; // the usual case has one rank for good
      this.#drop();
    }
    return null;
  }

  push(w: W): void {
    const priority = this.#priorityOf(w);
    let rank = this.#rank(priority);
    if (rank === null) {
      rank = new Rank(priority);
      this.#ranks.set(priority, rank);
      this.#add(rank);
    }
    rank.push(w);
  }

  #rank(priority: number): Rank | null {
    if (this.#recent?.priority === priority) return this.#recent;
    const rank = this.#ranks.get(priority) ?? null;
    this.#recent = rank;
    return rank;
  }

  /** Takes the first one out. Without a claim: see `claim` in `waiter.ts`. */
  shift(): W | null {
    const { first } = this;
    if (first !== null) this.remove(first);
    return first;
  }

  /** Takes `w` out; does nothing if it is not here. */
  remove(w: W): void {
    this.#rank(this.#priorityOf(w))?.remove(w);
  }

  /** Whether `w`, which is in no other queue, is here. */
  has(w: W): boolean {
    return w.prev !== null || this.#rank(this.#priorityOf(w))?.first === w;
  }

  #add(rank: Rank): void {
    const heap = this.#heap;
    let at = heap.push(rank) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = heap[up] as Rank;
      if (above.priority > rank.priority) break;
      heap[at] = above;
      at = up;
    }
    heap[at] = rank;
  }

  /** Takes the top out, which is empty. */
  #drop(): void {
    const heap = this.#heap;
    this.#ranks.delete((heap[0] as Rank).priority);
    this.#recent = null;
    const last = heap.pop() as Rank;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      const right = heap[down + 1];
      if (right !== undefined && right.priority > (heap[down] as Rank).priority) down++;
      if ((heap[down] as Rank).priority <= last.priority) break;
      heap[at] = heap[down] as Rank;
      at = down;
    }
    heap[at] = last;
  }
}

/**
 * A queue in which a waiter may have a priority, 0 by default. Mostly none has another one, and then it is a `WaitQueue`.
 *
 * Invariant: those of priority 0 are in `#plain`, all others in `#ranked`.
 */
export class PriorityWaitQueue {
  readonly #plain: WaitQueue = new WaitQueue();
  #ranked: PriorityQueue<Waiter> | null = null;
  readonly #priorityOf: (w: Waiter) => number;

  /** @param priorityOf a waiter's priority, which must not change while it is here */
  constructor(priorityOf: (w: Waiter) => number) {
    this.#priorityOf = priorityOf;
  }

  get first(): Waiter | null {
    return this.#ranked === null ? this.#plain.first : this.#head(this.#ranked);
  }

  #head(ranked: PriorityQueue<Waiter>): Waiter | null {
    const { first } = ranked;
    return first !== null && (this.#plain.first === null || this.#priorityOf(first) > 0) ? first : this.#plain.first;
  }

  /** Whether one waits that comes before a newcomer of that priority. */
  precedes(priority: number): boolean {
    const { first } = this;
    return first !== null && (this.#ranked === null ? 0 : this.#priorityOf(first)) >= priority;
  }

  push(w: Waiter): void {
    const priority = this.#priorityOf(w);
    if (priority === 0) this.#plain.push(w);
    else {
      this.#ranked ??= new PriorityQueue(this.#priorityOf);
      this.#ranked.push(w);
    }
  }

  /** Takes the first one out; it is the caller's to complete. */
  shift(): Waiter | null {
    if (this.#ranked === null) return this.#plain.shift();
    for (let w = this.first; w !== null; w = this.first) {
      this.remove(w);
      if (claim(w)) return w;
    }
    return null;
  }

  /** Whether `w`, which is in no other queue, is here. */
  has(w: Waiter): boolean {
    return w.prev !== null || this.#plain.first === w || this.#ranked?.has(w) === true;
  }

  /** Takes `w` out; does nothing if it is not here. */
  remove(w: Waiter): void {
    if (this.#ranked === null || this.#priorityOf(w) === 0) this.#plain.remove(w);
    else this.#ranked.remove(w);
  }
}

/** What may be said of one wait for a lock or a semaphore. */
export interface LockOptions {
  /** Those that wait are served highest priority first, and in order within one: any number, 0 by default. */
  readonly priority?: number | undefined;
}

/** The priority that `options` ask for. */
export function priorityIn(where: string, options: LockOptions | undefined): number {
  if (options === undefined) return 0;
  checkOptions(where, options, "priority");
  return checkPriority(where, options.priority ?? 0);
}

/** Refuses what is not a priority. */
export function checkPriority(where: string, priority: number): number {
  return amount(`${where}: priority`, priority);
}
