/**
 * The weighted semaphore (golang.org/x/sync/semaphore).
 *
 * Invariants: `0 <= used`, and `used <= size` unless the size has become less; the first in the queue, if any, asks for more
 * than is free. So a large request is not starved by small ones: those that come after it wait behind it, even if there is
 * room for them, unless they have a higher priority. Whatever frees some weight, and whoever leaves the queue, calls `grant`.
 */
import { whole } from "../runtime/args.ts";
import { at, emit, tap } from "../runtime/events.ts";
import type { G } from "../runtime/g.ts";
import { m } from "../runtime/m.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { numbers } from "../runtime/numbers.ts";
import { block, checkIn, DONE, NO, Operation, performer, step } from "../runtime/op.ts";
import { Panic } from "../runtime/panic.ts";
import { type LockOptions, PriorityWaitQueue, priorityIn } from "../runtime/priority.ts";
import type { P } from "../runtime/proc.ts";
import { type Thing, toldLock } from "../runtime/thing.ts";
import type { Op, Parked, WaitReason } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { claim, type Waiter } from "../runtime/waiter.ts";
import { Held } from "./held.ts";

/** What dumps say of its waiters. */
const REASONS = { acquire: "semacquire" };

/** What a waiter asks for, which is its value. */
interface Request {
  readonly n: number;
  readonly priority: number;
}

const requestOf = ({ value }: Waiter): Request => value as Request;
const priorityOf = (w: Waiter): number => requestOf(w).priority;

class State implements Thing {
  used = 0;
  size: number;
  readonly queue: PriorityWaitQueue = new PriorityWaitQueue(priorityOf);
  /** Those that ask for more than the size, apart: they must not keep the others waiting. */
  readonly #beyond: PriorityWaitQueue = new PriorityWaitQueue(priorityOf);
  readonly p: P = m.current();
  readonly id: number = ++numbers.semaphores;
  readonly name: string | undefined;

  constructor(size: number, name: string | undefined) {
    this.size = size;
    this.name = name;
    if (m.touch !== null) m.touch(this);
  }

  get kind(): "Semaphore" {
    return "Semaphore";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  take(n: number, priority: number, g: G | null): boolean {
    if (this.queue.precedes(priority) || this.used + n > this.size) return false;
    this.#use(n, g);
    return true;
  }

  #use(n: number, g: G | null): void {
    this.used += n;
    if (tap.listener !== null) this.#tell("lock", g);
  }

  stand(w: Waiter, request: Request): void {
    w.value = request;
    this.#queueOf(w).push(w);
  }

  leave(w: Waiter): void {
    this.#queueOf(w).remove(w);
    w.value = undefined;
    this.grant();
  }

  #queueOf(w: Waiter): PriorityWaitQueue {
    return requestOf(w).n > this.size ? this.#beyond : this.queue;
  }

  resize(size: number): void {
    if (m.touch !== null) m.touch(this);
    const before: Waiter[] = [];
    for (const queue of [this.queue, this.#beyond]) {
      for (let w = queue.first; w !== null; w = queue.first) {
        queue.remove(w);
        before.push(w);
      }
    }
    this.size = size;
    for (const w of before) this.#queueOf(w).push(w);
    this.grant();
  }

  release(n: number): void {
    if (m.touch !== null) m.touch(this);
    if (n > this.used) throw new Panic("SEMAPHORE_RELEASE", `${this.used} of ${this.size} are held, release got ${n}`);
    if (tap.listener !== null) this.#tell("unlock", m.curg);
    this.used -= n;
    this.grant();
  }

  /** Serves the queue from its head. Completing a waiter can make others leave the queue, which comes back to here. */
  grant(): void {
    for (let w = this.queue.first; w !== null; w = this.queue.first) {
      const { n } = requestOf(w);
      if (!w.gone && this.used + n > this.size) return;
      this.queue.remove(w);
      if (!w.gone && claim(w)) {
        this.#use(n, w.g);
        w.complete(new Held(this, n), true);
      }
    }
  }

  #tell(kind: "lock" | "unlock", g: G | null): void {
    emit({ kind, ...at(this.p, g), ...toldLock(this) });
  }
}

class AcquireOp extends Operation<Disposable> implements Request {
  readonly #state: State;
  readonly n: number;
  readonly priority: number;

  constructor(state: State, n: number, priority: number) {
    super();
    this.#state = state;
    this.n = n;
    this.priority = priority;
  }

  override get verb(): string {
    return "acquire";
  }

  override get on(): State {
    return this.#state;
  }

  override attempt(): Disposable | NO {
    return this.#state.take(this.n, this.priority, m.curg) ? new Held(this.#state, this.n) : NO;
  }

  override enqueue(w: Waiter): void {
    this.#state.stand(w, this);
  }

  override dequeue(w: Waiter): void {
    if (w.value !== undefined) this.#state.leave(w);
  }

  // A copy of the one of Operation, so that V8 can inline the attempt: see chan/hchan.ts.
  override [Symbol.iterator](): Iterator<Parked, Disposable, unknown> {
    const g = performer();
    if (--m.budget < 0 && !checkIn(g, this)) return step;
    if (this.#state.take(this.n, this.priority, g)) {
      DONE.value = new Held(this.#state, this.n);
      m.step = DONE;
    } else {
      block(g, this);
      this.enqueue(g);
    }
    return step;
  }
}

/**
 * A bound on how much may be in use at once: each acquisition has a weight, 1 by default. Waiters are served first in,
 * first out, also when a smaller one behind could be served at once, so that large ones get their turn. A priority of theirs
 * comes before that order.
 * Source: https://pkg.go.dev/golang.org/x/sync/semaphore
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { Semaphore } from "millrace/sync";
 * await run(function* () {
 *   const connections = new Semaphore(2);
 *   {
 *     using _ = yield* connections.acquire();
 *     console.log(connections.tryAcquire(2)); // false
 *   }
 *   console.log(connections.tryAcquire(2)); // true
 *   connections.release(2);
 * });
 * ```
 */
export class Semaphore {
  readonly #state: State;
  readonly #one: AcquireOp;

  /**
   * Makes one of which nothing is held.
   * Source: https://pkg.go.dev/golang.org/x/sync/semaphore#NewWeighted
   *
   * @param size the weight that can be held in total: a whole number from 0 up
   * @param options `name`, for dumps, traces and the inspector
   * @throws ArgumentError when they are not that
   */
  constructor(size: number, options: NameOptions = {}) {
    this.#state = new State(weight("new Semaphore", size), named("new Semaphore", options));
    this.#one = new AcquireOp(this.#state, 1, 0);
  }

  /**
   * The weight that can be held in total. It may be set at any time: who waits is served as far as it has become more; if it has
   * become less, what is held beyond it stays held until it is released.
   *
   * @param size a whole number from 0 up
   * @throws ArgumentError when it is set to something else
   */
  get size(): number {
    return this.#state.size;
  }

  set size(size: number) {
    this.#state.resize(weight("Semaphore.size", size));
  }

  /** The weight that is free now: 0 when more is held than the size has become. */
  get available(): number {
    return Math.max(0, this.#state.size - this.#state.used);
  }

  /**
   * Acquires a weight of `n`.
   *
   * Blocks until that much is free and all who waited longer, or with a higher priority, were served; while `n` is more than the
   * size, without holding up others. Gives a disposable that releases it: `using _ = yield* sem.acquire()`. Use that or
   * `release`, not both.
   * Source: https://pkg.go.dev/golang.org/x/sync/semaphore#Weighted.Acquire
   *
   * @param n a whole number from 0 up
   * @param options `priority`: of those that wait the highest is served first, any number, 0 by default
   * @throws ArgumentError when they are not that
   */
  acquire(n: number = 1, options?: LockOptions): Op<Disposable> {
    const priority = priorityIn("Semaphore.acquire", options);
    if (n === 1 && priority === 0) return made(this.#one);
    return made(new AcquireOp(this.#state, weight("Semaphore.acquire", n), priority));
  }

  /**
   * Acquires a weight of `n` if that much is free and none waits with a priority of 0 or more, and says whether it did. Never
   * blocks.
   * Source: https://pkg.go.dev/golang.org/x/sync/semaphore#Weighted.TryAcquire
   *
   * @param n a whole number from 0 up
   * @throws ArgumentError when it is not that
   */
  tryAcquire(n: number = 1): boolean {
    if (m.touch !== null) m.touch(this.#state);
    return this.#state.take(weight("Semaphore.tryAcquire", n), 0, m.curg);
  }

  /**
   * Releases a weight of `n`. Never blocks.
   * Source: https://pkg.go.dev/golang.org/x/sync/semaphore#Weighted.Release
   *
   * @param n a whole number from 0 up
   * @throws Panic SEMAPHORE_RELEASE when less than that is held, ArgumentError when it is no such number
   */
  release(n: number = 1): void {
    this.#state.release(weight("Semaphore.release", n));
  }
}

function weight(where: string, n: number): number {
  return whole(where, n, 0);
}
