/**
 * The condition variable (Go's `sync.Cond`).
 *
 * Invariant: whoever called `wait` is among the tickets from before it gave up the lock until it is signalled, so no
 * signal of someone who took the lock after it is missed. The ticket is made first, as Go's `notifyListAdd`; to enqueue
 * only when the goroutine parks would be too late, because it can be preempted between giving up the lock and parking.
 */

import { Action } from "../runtime/action.ts";
import { unexpected } from "../runtime/args.ts";
import { m } from "../runtime/m.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { numbers } from "../runtime/numbers.ts";
import { NO, Operation } from "../runtime/op.ts";
import type { Thing } from "../runtime/thing.ts";
import type { Go, Op, WaitReason } from "../runtime/types.ts";
import type { Waiter } from "../runtime/waiter.ts";

/** What dumps say of its waiters. */
const REASONS = { wait: "sync.Cond.Wait" };

/** What a condition variable needs of its lock (Go's `sync.Locker`): a `Mutex` or an `RWMutex` has it. */
export interface Locker {
  /** Takes the lock. Blocks until it is free. */
  lock(): Op<unknown>;
  /** Frees the lock. Never blocks. */
  unlock(): void;
}

/** Those who wait. */
class Line extends Set<Ticket> implements Thing {
  readonly id: number = ++numbers.conds;
  readonly p = null;
  readonly name: string | undefined;

  constructor(name: string | undefined) {
    super();
    this.name = name;
  }

  get kind(): "Cond" {
    return "Cond";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }
}

/** A place in the line of those who wait. */
class Ticket extends Operation<void> {
  readonly #line: Line;
  #called = false;
  #waiter: Waiter | null = null;

  constructor(line: Line) {
    super();
    this.#line = line;
    if (m.touch !== null) m.touch(line);
    line.add(this);
  }

  call(): void {
    this.#line.delete(this);
    this.#called = true;
    this.#waiter?.complete(undefined, true);
  }

  override get verb(): string {
    return "wait";
  }

  override get on(): Line {
    return this.#line;
  }

  override attempt(): undefined | NO {
    return this.#called ? undefined : NO;
  }

  override enqueue(w: Waiter): void {
    this.#waiter = w;
  }

  /** Only at the end of the run, because this is no case of a select: no signal may be lost to it. */
  override dequeue(): void {
    this.#waiter = null;
    this.#line.delete(this);
  }
}

/**
 * A meeting point for goroutines that wait for something to become true that a lock protects. A channel or a context is
 * often simpler.
 * Source: https://pkg.go.dev/sync#Cond
 *
 * @example
 * ```ts
 * import { go, run } from "millrace";
 * import { Cond, Mutex } from "millrace/sync";
 * await run(function* () {
 *   const mu = new Mutex();
 *   const changed = new Cond(mu);
 *   let ready = false;
 *   go(function* () {
 *     using _ = yield* mu.lock();
 *     ready = true;
 *     changed.broadcast();
 *   });
 *   using _ = yield* mu.lock();
 *   while (!ready) yield* changed.wait();
 *   console.log(ready); // true
 * });
 * ```
 */
export class Cond {
  /** The lock that is held when the condition is looked at or changed. */
  readonly l: Locker;
  readonly #line: Line;

  /**
   * Ties it to its lock.
   * Source: https://pkg.go.dev/sync#NewCond
   *
   * @param l a `Mutex`, an `RWMutex` or anything else with `lock` and `unlock`
   * @param options `name`, for dumps, traces and the inspector
   * @throws ArgumentError when it has not both, or the name is not a string
   */
  constructor(l: Locker, options: NameOptions = {}) {
    const { lock, unlock } = (l ?? {}) as Partial<Locker>;
    if (typeof lock !== "function" || typeof unlock !== "function") {
      throw unexpected("new Cond", "a lock (Mutex, RWMutex)", l);
    }
    this.l = l;
    this.#line = new Line(named("new Cond", options));
    if (m.touch !== null) m.touch(this.#line);
  }

  /**
   * Gives up the lock, waits for `signal` or `broadcast`, and takes the lock again. The caller must hold the lock.
   *
   * Blocks until signalled, then until it has the lock. By then the condition may have changed again: call it in a loop,
   * `while (!condition()) yield* cond.wait()`. A disposable from the caller's `lock()` stays good.
   * Source: https://pkg.go.dev/sync#Cond.Wait
   *
   * @throws FatalError UNLOCK_OF_UNLOCKED, which ends the run, when the lock is not held
   */
  wait(): Action<void> {
    return new Action("Cond.wait", () => this.#wait());
  }

  *#wait(): Go {
    const ticket = new Ticket(this.#line);
    this.l.unlock();
    yield* ticket;
    yield* this.l.lock();
  }

  /**
   * Wakes the one who waits longest, if anyone does. Never blocks. The caller may hold the lock, but need not.
   * Source: https://pkg.go.dev/sync#Cond.Signal
   */
  signal(): void {
    if (m.touch !== null) m.touch(this.#line);
    for (const ticket of this.#line) {
      ticket.call();
      return;
    }
  }

  /**
   * Wakes all who wait. Never blocks. The caller may hold the lock, but need not.
   * Source: https://pkg.go.dev/sync#Cond.Broadcast
   */
  broadcast(): void {
    if (m.touch !== null) m.touch(this.#line);
    for (const ticket of this.#line) ticket.call();
  }
}
