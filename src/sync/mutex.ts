/**
 * The mutual exclusion lock (Go's `sync.Mutex`).
 *
 * Invariants: `held` is null exactly when the lock is free; a free lock has no waiter. Each acquisition has a disposable of
 * its own, which unlocks once. It is not tied to that acquisition, because `cond.wait()` gives the lock up and takes it
 * again, and the disposable from before must then unlock it.
 *
 * Fairness: strictly first in, first out within a priority, which is 0 unless the program says otherwise. `unlock` hands the
 * lock to the first waiter, which owns it before it runs, so nobody can barge in and, without priorities, nobody starves. Go lets a running goroutine take a lock that was just freed, and switches to
 * hand-off after a waiter has starved for a millisecond; that buys throughput where parking costs a switch of threads.
 * Here waiting costs a place in the run queue, and barging would let a goroutine that loops over lock and unlock keep
 * everyone else out for its whole slice of 10 ms.
 */
import type { Action } from "../runtime/action.ts";
import { at, emit, tap } from "../runtime/events.ts";
import type { G } from "../runtime/g.ts";
import { m } from "../runtime/m.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { numbers } from "../runtime/numbers.ts";
import { block, checkIn, DONE, NO, Operation, performer, step } from "../runtime/op.ts";
import { FatalError } from "../runtime/panic.ts";
import { type LockOptions, PriorityWaitQueue, priorityIn } from "../runtime/priority.ts";
import type { P } from "../runtime/proc.ts";
import type { Result } from "../runtime/run.ts";
import { type Thing, toldLock } from "../runtime/thing.ts";
import type { Op, Parked, WaitReason } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { holding } from "./holding.ts";

/** What dumps say of its waiters. */
const REASONS = { lock: "sync.Mutex.Lock" };

/** One acquisition. */
class Held implements Disposable {
  readonly #lock: LockOp;
  readonly g: G | null;
  #disposed = false;

  constructor(lock: LockOp, g: G | null) {
    this.#lock = lock;
    this.g = g;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#lock.release();
  }
}

/** A waiter's priority is its value, where it has another one than 0. */
const priorityOf = ({ value }: Waiter): number => (value === undefined ? 0 : (value as number));

/** The lock itself, which is also the operation of taking it: that has no state of its own. */
export class LockOp extends Operation<Disposable> implements Thing {
  held: Held | null = null;
  /** Made by the first waiter: most locks never have one. */
  #queue: PriorityWaitQueue | null = null;
  readonly id: number;
  readonly kind: "Mutex" | "Once";
  readonly name: string | undefined;
  readonly p: P = m.current();

  constructor(kind: "Mutex" | "Once", id: number, name?: string) {
    super();
    this.kind = kind;
    this.id = id;
    this.name = name;
    if (m.touch !== null) m.touch(this);
  }

  /** Takes the lock if it is free. */
  take(g: G | null): Held | null {
    if (this.held !== null) return null;
    this.held = new Held(this, g);
    if (tap.listener !== null) this.#tell("lock", g);
    return this.held;
  }

  release(): void {
    if (m.touch !== null) m.touch(this);
    if (this.held === null) {
      m.current().fatal(new FatalError("UNLOCK_OF_UNLOCKED", "sync: unlock of unlocked mutex"));
    }
    if (tap.listener !== null) this.#tell("unlock", m.curg);
    this.held = null;
    const next = this.#queue === null ? null : this.#queue.shift();
    if (next !== null) next.complete(this.take(next.g), true);
  }

  #tell(kind: "lock" | "unlock", g: G | null): void {
    emit({ kind, ...at(this.p, g), ...toldLock(this) });
  }

  override get verb(): string {
    return "lock";
  }

  get holders(): readonly G[] {
    return this.held === null || this.held.g === null ? [] : [this.held.g];
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  ready(): boolean {
    return this.held === null;
  }

  override get on(): this {
    return this;
  }

  override attempt(): Disposable | NO {
    return this.take(m.curg) ?? NO;
  }

  override enqueue(w: Waiter): void {
    this.#queue ??= new PriorityWaitQueue(priorityOf);
    this.#queue.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#queue?.remove(w);
  }

  // A copy of the one of Operation, so that V8 can inline the attempt: see chan/hchan.ts.
  override [Symbol.iterator](): Iterator<Parked, Disposable, unknown> {
    const g = performer();
    if (--m.budget < 0 && !checkIn(g, this)) return step;
    const held = this.take(g);
    if (held === null) {
      block(g, this);
      this.enqueue(g);
    } else {
      DONE.value = held;
      m.step = DONE;
    }
    return step;
  }
}

/** Taking the lock with a priority. */
class PriorityLockOp extends Operation<Disposable> {
  readonly #lock: LockOp;
  readonly #priority: number;

  constructor(lock: LockOp, priority: number) {
    super();
    this.#lock = lock;
    this.#priority = priority;
  }

  override get verb(): string {
    return "lock";
  }

  override get on(): LockOp {
    return this.#lock;
  }

  override attempt(): Disposable | NO {
    return this.#lock.attempt();
  }

  override enqueue(w: Waiter): void {
    w.value = this.#priority;
    this.#lock.enqueue(w);
  }

  override dequeue(w: Waiter): void {
    this.#lock.dequeue(w);
    w.value = undefined;
  }
}

/**
 * A mutual exclusion lock: at most one holder at a time, waiters served first in, first out. As in Go it does not belong
 * to a goroutine: any code may unlock it, and locking it twice in one goroutine is a deadlock.
 *
 * Between two operations no other goroutine runs, so a lock is needed only where operations or `await`s stand between.
 * Source: https://pkg.go.dev/sync#Mutex
 *
 * @example
 * ```ts
 * import { run, runtime } from "millrace";
 * import { Mutex } from "millrace/sync";
 * await run(function* () {
 *   const mu = new Mutex();
 *   {
 *     using _ = yield* mu.lock();
 *     yield* runtime.gosched(); // nobody else gets the lock meanwhile
 *   }
 *   console.log(mu.tryLock()); // true
 *   mu.unlock();
 * });
 * ```
 */
export class Mutex {
  readonly #lock: LockOp;

  /**
   * Makes one that is free.
   *
   * @param options `name`, for dumps, traces and the inspector
   * @throws ArgumentError when that is not a string
   */
  constructor(options: NameOptions = {}) {
    const name = named("new Mutex", options);
    this.#lock = new LockOp("Mutex", ++numbers.mutexes, name);
  }

  /**
   * Takes the lock.
   *
   * Blocks until it is free and all who waited longer, or with a higher priority, had it. Gives a disposable that unlocks it:
   * `using _ = yield* mu.lock()`. Disposing it twice unlocks once; use it or `unlock()`, not both.
   * Source: https://pkg.go.dev/sync#Mutex.Lock
   *
   * @param options `priority`: of those that wait the highest is served first, any number, 0 by default
   * @throws ArgumentError when it is not a number
   */
  lock(options?: LockOptions): Op<Disposable> {
    return made(this.#op("Mutex.lock", options));
  }

  #op(where: string, options: LockOptions | undefined): Operation<Disposable> {
    const priority = priorityIn(where, options);
    return priority === 0 ? this.#lock : new PriorityLockOp(this.#lock, priority);
  }

  /** Whether the lock is held. */
  get locked(): boolean {
    if (m.touch !== null) m.touch(this.#lock);
    return this.#lock.held !== null;
  }

  /**
   * Takes the lock if it is free, and says whether it did. Never blocks.
   * Source: https://pkg.go.dev/sync#Mutex.TryLock
   */
  tryLock(): boolean {
    if (m.touch !== null) m.touch(this.#lock);
    return this.#lock.take(m.curg) !== null;
  }

  /**
   * Frees the lock, or hands it to the first of those that wait. Never blocks.
   * Source: https://pkg.go.dev/sync#Mutex.Unlock
   *
   * @throws FatalError UNLOCK_OF_UNLOCKED, which ends the run, when it is not locked
   */
  unlock(): void {
    this.#lock.release();
  }

  /**
   * Takes the lock, calls `fn` and frees the lock, whether `fn` returns, throws or leaves by `goexit`.
   *
   * Blocks like `lock`, then as long as `fn` takes. Gives what `fn` returns. Can't be a case of a select.
   *
   * @param fn a generator, async or plain function
   * @param options `priority`, as for `lock`
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined; ArgumentError when it is not a function, or an option is wrong
   *
   * @example
   * ```ts
   * import { Mutex } from "millrace/sync";
   * const mu = new Mutex();
   * console.log(await mu.withLock(async () => 42)); // 42
   * ```
   */
  withLock<X>(fn: () => X, options?: LockOptions): Action<Result<X>> {
    return holding("Mutex.withLock", this.#op("Mutex.withLock", options), fn);
  }
}
