/**
 * A waiter (Go's `sudog`) and the queue of them (Go's `waitq`).
 *
 * Invariants: a waiter is on at most one queue; a waiter that is on a queue has not been completed, and completing it
 * takes it off first. So whoever finds a waiter on a queue may complete it without asking whether it is still there:
 * a select leaves all its other queues at the moment one case wins, not later when its goroutine runs.
 *
 * Rejected: Go's lazy removal (`selectDone` and `waitq.dequeue` that skips losers). It exists there because the winner
 * holds only one channel's lock. On one thread there is no lock to wait for, and eager removal keeps the queues exact.
 *
 * Only a select that waits for something in memory shared with other threads as well can be won by somebody else at any
 * moment. While there is one on this thread (`rivals.live`), whoever takes a waiter off a queue must claim it first, and
 * one that can't be claimed any more is passed over.
 *
 * The fields are abstract: each class of waiters defines its own. Defined here, once for all of them, they would be set by
 * code that sees every class there is, and from the fifth class on V8 looks each of them up: 700 ns a waiter, goroutines
 * included, instead of 15.
 */
import { once } from "./copies.ts";
import type { G } from "./g.ts";
import type { RuntimeTimer } from "./timers.ts";

/** What may stand for a waiter. */
export type Proxies = Waiter[] | Waiter | RuntimeTimer | null;

/** What selects that other threads can win as well have in common. Without threads, nothing. */
export interface Rivals {
  /** How many of them wait on this thread. */
  live: number;
  /** How many selects, one within the other, are putting their waiters on queues now. */
  depth: number;
  /** Puts those of the outermost select on shared queues, which must happen at once for all; it takes the waiter of that select. */
  register: ((root: Waiter) => void) | null;
  /** Claims the select with that waiter for this thread; false when another thread was faster. */
  claim(root: Waiter): boolean;
  /** How many attempts on shared things have said "not now", since ever. */
  missed: number;
  /** Completes one of the shared cases of a select that does not wait, if one is ready; none of them is queued. */
  look(root: Waiter): void;
}

export const rivals: Rivals = once("rivals", () => ({
  live: 0,
  depth: 0,
  register: null,
  claim: () => true,
  missed: 0,
  look: () => {},
}));

/** Whether `w` can still take something; if so, nobody else can give it anything. For who does not use `shift`. */
export function claim(w: Waiter): boolean {
  return rivals.live === 0 || rivals.claim(w.root);
}

/**
 * Somebody that waits for an operation: a goroutine, an async function, a case of a select. It is given to `enqueue`, and
 * completed or failed once.
 *
 * @example
 * ```ts
 * import { go, run, runtime } from "millrace";
 * import { NO, Operation, type Waiter } from "millrace/op";
 * let waiter: Waiter | null = null;
 * class Ask extends Operation<number> {
 *   override get verb() { return "ask"; }
 *   override get on() { return null; }
 *   override attempt(): typeof NO { return NO; }
 *   override enqueue(w: Waiter) { waiter = w; }
 *   override dequeue() { waiter = null; }
 * }
 * await run(function* () {
 *   const asks = go(() => new Ask());
 *   yield* runtime.gosched();
 *   waiter?.complete(42, true);
 *   console.log(yield* asks.join()); // 42
 * });
 * ```
 */
export abstract class Waiter {
  /** Its place in a queue; null to begin with. */
  abstract prev: Waiter | null;
  /** The same; null to begin with. */
  abstract next: Waiter | null;
  /** What it sends, then what it was given; undefined to begin with. */
  abstract value: unknown;
  /** What stands for this one where it waits: a select's waiters, one that translates, a timer; null to begin with. */
  abstract proxies: Proxies;

  /** The goroutine that waits; null where an async function does. */
  get g(): G | null {
    return null;
  }

  /** The one that waits: itself, or the one it stands for. */
  get root(): Waiter {
    return this;
  }

  /** It can't take anything any more: its run is over, or another case of its select was taken and it is about to leave. */
  get gone(): boolean {
    return false;
  }

  /**
   * Its operation is going to happen: the other cases of its select leave now, and it is completed or failed later, once.
   * False when it can't take anything any more. It stays where it is until then, and may still be dequeued, when its run
   * ends: then it must not be completed.
   */
  commit(): boolean {
    return !this.gone && claim(this);
  }

  /**
   * The operation has happened.
   *
   * @param value what it gives
   * @param ok false when a receive was ended by a close
   */
  abstract complete(value: unknown, ok: boolean): void;
  /**
   * The operation has failed.
   *
   * @param error what is thrown where it was performed
   */
  abstract fail(error: unknown): void;
}

/**
 * A waiter that waits on a queue in the place of another one, its owner, whose `proxies` refer to it meanwhile.
 *
 * @example
 * ```ts
 * import { Relay, type Waiter } from "millrace/op";
 * class Doubled extends Relay {
 *   override prev: Waiter | null = null;
 *   override next: Waiter | null = null;
 *   override value: unknown = undefined;
 *   override proxies: Waiter["proxies"] = null;
 *   protected override readonly owner: Waiter;
 *   constructor(owner: Waiter) {
 *     super();
 *     this.owner = owner;
 *   }
 *   override complete(value: unknown, ok: boolean): void {
 *     this.owner.proxies = null;
 *     this.owner.complete(2 * (value as number), ok);
 *   }
 * }
 * console.log(Doubled.name); // Doubled
 * ```
 */
export abstract class Relay extends Waiter {
  protected abstract readonly owner: Waiter;

  override get g(): G | null {
    return this.owner.g;
  }

  override get root(): Waiter {
    return this.owner.root;
  }

  override get gone(): boolean {
    return this.owner.gone;
  }

  override commit(): boolean {
    return this.owner.commit();
  }

  override fail(error: unknown): void {
    this.owner.proxies = null;
    this.owner.fail(error);
  }
}

/** `w`, just taken out of `queue`, or whoever comes after it and can be claimed. */
function claimed(queue: WaitQueue, w: Waiter): Waiter | null {
  let next: Waiter | null = w;
  while (next !== null && !claim(next)) {
    next = queue.first;
    if (next !== null) queue.remove(next);
  }
  return next;
}

/**
 * A doubly linked list of waiters, first in, first out; removal anywhere is O(1).
 *
 * @example
 * ```ts
 * import { WaitQueue } from "millrace/op";
 * const queue = new WaitQueue();
 * console.log(queue.shift()); // null
 * ```
 */
export class WaitQueue {
  /** The one that has waited longest; null when there is none. */
  first: Waiter | null = null;
  /** The one that came last. */
  last: Waiter | null = null;

  /**
   * Puts `w` at the end. It must not be on a queue.
   *
   * @param w the waiter that `enqueue` was given
   */
  push(w: Waiter): void {
    const last = this.last;
    w.prev = last;
    w.next = null;
    if (last === null) this.first = w;
    else last.next = w;
    this.last = w;
  }

  /** Takes the first one out; it is the caller's to complete. */
  shift(): Waiter | null {
    const w = this.first;
    if (w === null) return null;
    const next = w.next;
    this.first = next;
    if (next === null) this.last = null;
    else next.prev = null;
    w.next = null;
    return rivals.live === 0 ? w : claimed(this, w);
  }

  /**
   * Takes `w` out; does nothing if it is not here.
   *
   * @param w a waiter
   */
  remove(w: Waiter): void {
    const { prev, next } = w;
    if (prev === null && this.first !== w) return;
    if (prev === null) this.first = next;
    else prev.next = next;
    if (next === null) this.last = prev;
    else next.prev = prev;
    w.prev = null;
    w.next = null;
  }

  *[Symbol.iterator](): Iterator<Waiter, void> {
    for (let w = this.first; w !== null; w = w.next) yield w;
  }
}
