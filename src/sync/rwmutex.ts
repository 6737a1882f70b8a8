/**
 * The reader/writer lock (Go's `sync.RWMutex`).
 *
 * Invariants: there is a writer or there are readers, never both; while nobody waits is the only time a reader may walk
 * in; the first in the queue, if any, can't have the lock yet. So whatever frees a share, and whoever leaves the queue,
 * calls `grant`, which serves the queue from its head as far as that goes.
 *
 * One queue for both, first in, first out: a waiting writer blocks the readers that come after it, as in Go, and the
 * readers that wait between two writers have their turn between them. Go lets all readers that wait when a writer leaves
 * go first, those behind the next writer too. Either starves nobody; one queue is what all of this library does.
 */
import type { Action } from "../runtime/action.ts";
import { at, emit, tap } from "../runtime/events.ts";
import type { G } from "../runtime/g.ts";
import { m } from "../runtime/m.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { numbers } from "../runtime/numbers.ts";
import { block, checkIn, DONE, NO, Operation, performer, step } from "../runtime/op.ts";
import { type FatalCode, FatalError } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Result } from "../runtime/run.ts";
import { type Thing, toldLock } from "../runtime/thing.ts";
import type { Op, Parked, WaitReason } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { claim, type Waiter, WaitQueue } from "../runtime/waiter.ts";
import type { Locker } from "./cond.ts";
import { holding } from "./holding.ts";

/** What dumps say of its waiters. */
const REASONS = { lock: "sync.RWMutex.Lock", rlock: "sync.RWMutex.RLock" };

/** One acquisition, of the whole lock or of a reader's share. */
class Share implements Disposable {
  readonly #state: State;
  readonly #write: boolean;
  readonly g: G | null;
  #disposed = false;

  constructor(state: State, write: boolean, g: G | null) {
    this.#state = state;
    this.#write = write;
    this.g = g;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#write) this.#state.unlock();
    else this.#state.rUnlock(this.g);
  }
}

/** What both operations of a lock share. */
class State implements Thing {
  writer: Share | null = null;
  readers = 0;
  /** How many shares each goroutine has, null standing for async functions: for dumps only. Made by the first reader. */
  shares: Map<G | null, number> | null = null;
  /** Who waits, with whether for writing as the waiter's value. */
  readonly queue: WaitQueue = new WaitQueue();
  readonly p: P = m.current();
  readonly id: number = ++numbers.rwMutexes;
  readonly name: string | undefined;

  constructor(name: string | undefined) {
    this.name = name;
    if (m.touch !== null) m.touch(this);
  }

  get kind(): "RWMutex" {
    return "RWMutex";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  get holders(): readonly G[] {
    const all = this.writer === null ? [...(this.shares?.keys() ?? [])] : [this.writer.g];
    return all.filter((g) => g !== null);
  }

  ready({ verb }: Operation<unknown>): boolean {
    return this.writer === null && (verb === "lock" ? this.readers === 0 : this.queue.first === null);
  }

  takeRead(g: G | null): Share | null {
    return this.writer === null && this.queue.first === null ? this.#read(g) : null;
  }

  takeWrite(g: G | null): Share | null {
    return this.writer === null && this.readers === 0 ? this.#write(g) : null;
  }

  #read(g: G | null): Share {
    this.readers++;
    this.shares ??= new Map();
    this.shares.set(g, (this.shares.get(g) ?? 0) + 1);
    if (tap.listener !== null) this.#tell("lock", g);
    return new Share(this, false, g);
  }

  #write(g: G | null): Share {
    this.writer = new Share(this, true, g);
    if (tap.listener !== null) this.#tell("lock", g);
    return this.writer;
  }

  rUnlock(g: G | null): void {
    if (m.touch !== null) m.touch(this);
    if (this.readers === 0) misuse("RUNLOCK_OF_UNLOCKED", "sync: RUnlock of unlocked RWMutex");
    if (tap.listener !== null) this.#tell("unlock", m.curg);
    this.readers--;
    this.#left(g);
    this.grant();
  }

  /** `g` gives a share back, its own if it has one; else nobody knows whose. */
  #left(g: G | null): void {
    const shares = this.shares as Map<G | null, number>;
    let whose = g;
    if (!shares.has(whose)) whose = shares.has(null) ? null : (shares.keys().next().value as G);
    const left = (shares.get(whose) as number) - 1;
    if (left === 0) shares.delete(whose);
    else shares.set(whose, left);
  }

  unlock(): void {
    if (m.touch !== null) m.touch(this);
    if (this.writer === null) misuse("UNLOCK_OF_UNLOCKED", "sync: Unlock of unlocked RWMutex");
    if (tap.listener !== null) this.#tell("unlock", m.curg);
    this.writer = null;
    this.grant();
  }

  /** Serves the queue from its head. Completing a waiter can make others leave the queue, which comes back to here. */
  grant(): void {
    for (let w = this.queue.first; w !== null; w = this.queue.first) {
      if (!w.gone && (this.writer !== null || (w.value === true && this.readers > 0))) return;
      this.queue.remove(w);
      if (!w.gone && claim(w)) {
        w.complete(w.value === true ? this.#write(w.g) : this.#read(w.g), true);
      }
    }
  }

  #tell(kind: "lock" | "unlock", g: G | null): void {
    emit({ kind, ...at(this.p, g), ...toldLock(this) });
  }
}

function misuse(code: FatalCode, text: string): never {
  return m.current().fatal(new FatalError(code, text));
}

class LockOp extends Operation<Disposable> {
  readonly #state: State;
  readonly #write: boolean;

  constructor(state: State, write: boolean) {
    super();
    this.#state = state;
    this.#write = write;
  }

  override get verb(): string {
    return this.#write ? "lock" : "rlock";
  }

  override get on(): State {
    return this.#state;
  }

  override attempt(): Disposable | NO {
    return (this.#write ? this.#state.takeWrite(m.curg) : this.#state.takeRead(m.curg)) ?? NO;
  }

  override enqueue(w: Waiter): void {
    w.value = this.#write;
    this.#state.queue.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#state.queue.remove(w);
    w.value = undefined;
    this.#state.grant();
  }

  // A copy of the one of Operation, so that V8 can inline the attempt: see chan/hchan.ts.
  override [Symbol.iterator](): Iterator<Parked, Disposable, unknown> {
    const g = performer();
    if (--m.budget < 0 && !checkIn(g, this)) return step;
    const share = this.#write ? this.#state.takeWrite(g) : this.#state.takeRead(g);
    if (share === null) {
      block(g, this);
      this.enqueue(g);
    } else {
      DONE.value = share;
      m.step = DONE;
    }
    return step;
  }
}

/**
 * A lock that any number of readers or one writer can hold. A writer that waits keeps later readers out, so it is not
 * starved; therefore a goroutine that holds a share must not ask for another one.
 * Source: https://pkg.go.dev/sync#RWMutex
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { RWMutex } from "millrace/sync";
 * await run(function* () {
 *   const mu = new RWMutex();
 *   const prices = new Map([["tea", 3]]);
 *   {
 *     using _ = yield* mu.rLock();
 *     console.log(prices.get("tea")); // 3
 *   }
 *   using _ = yield* mu.lock();
 *   prices.set("tea", 4);
 * });
 * ```
 */
export class RWMutex {
  readonly #state: State;
  readonly #lock: LockOp;
  readonly #rLock: LockOp;

  /**
   * Makes one that is free.
   *
   * @param options `name`, for dumps, traces and the inspector
   * @throws ArgumentError when that is not a string
   */
  constructor(options: NameOptions = {}) {
    this.#state = new State(named("new RWMutex", options));
    this.#lock = new LockOp(this.#state, true);
    this.#rLock = new LockOp(this.#state, false);
  }

  /**
   * Takes the lock for writing.
   *
   * Blocks until no reader or other writer has it and all who waited longer had it. Gives a disposable that unlocks it.
   * Source: https://pkg.go.dev/sync#RWMutex.Lock
   */
  lock(): Op<Disposable> {
    return made(this.#lock);
  }

  /**
   * Takes a share of the lock for reading.
   *
   * Blocks while a writer has the lock or anybody waits for it. Gives a disposable that gives the share back.
   * Source: https://pkg.go.dev/sync#RWMutex.RLock
   */
  rLock(): Op<Disposable> {
    return made(this.#rLock);
  }

  /**
   * The reader's side as a lock of its own, for a `Cond` say: `lock` is `rLock`, `unlock` is `rUnlock`. Never blocks.
   * Source: https://pkg.go.dev/sync#RWMutex.RLocker
   *
   * @example
   * ```ts
   * import { Cond, RWMutex } from "millrace/sync";
   * const mu = new RWMutex();
   * const changed = new Cond(mu.rLocker()); // its `wait` gives up a share and takes it again
   * changed.broadcast();
   * ```
   */
  rLocker(): Locker {
    return { lock: () => this.rLock(), unlock: () => this.rUnlock() };
  }

  /**
   * Takes the lock for writing if it is free, and says whether it did. Never blocks.
   * Source: https://pkg.go.dev/sync#RWMutex.TryLock
   */
  tryLock(): boolean {
    if (m.touch !== null) m.touch(this.#state);
    return this.#state.takeWrite(m.curg) !== null;
  }

  /**
   * Takes a share for reading if no writer has the lock and nobody waits, and says whether it did. Never blocks.
   * Source: https://pkg.go.dev/sync#RWMutex.TryRLock
   */
  tryRLock(): boolean {
    if (m.touch !== null) m.touch(this.#state);
    return this.#state.takeRead(m.curg) !== null;
  }

  /**
   * Gives up the lock that was taken for writing. Never blocks.
   * Source: https://pkg.go.dev/sync#RWMutex.Unlock
   *
   * @throws FatalError UNLOCK_OF_UNLOCKED, which ends the run, when it is not locked for writing
   */
  unlock(): void {
    this.#state.unlock();
  }

  /**
   * Gives back one share. Never blocks.
   * Source: https://pkg.go.dev/sync#RWMutex.RUnlock
   *
   * @throws FatalError RUNLOCK_OF_UNLOCKED, which ends the run, when there is no reader
   */
  rUnlock(): void {
    this.#state.rUnlock(m.curg);
  }

  /**
   * Takes the lock for writing, calls `fn` and frees the lock, however `fn` ends. Blocks like `lock`, then as long as `fn`
   * takes. Gives what `fn` returns. Can't be a case of a select.
   *
   * @param fn a generator, async or plain function
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   *
   * @example
   * ```ts
   * import { RWMutex } from "millrace/sync";
   * const mu = new RWMutex();
   * console.log(await mu.withLock(() => 42)); // 42
   * ```
   */
  withLock<X>(fn: () => X): Action<Result<X>> {
    return holding("RWMutex.withLock", this.#lock, fn);
  }

  /**
   * Takes a share for reading, calls `fn` and gives the share back, however `fn` ends. Blocks like `rLock`, then as long
   * as `fn` takes. Gives what `fn` returns. Can't be a case of a select.
   *
   * @param fn a generator, async or plain function
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   *
   * @example
   * ```ts
   * import { RWMutex } from "millrace/sync";
   * const mu = new RWMutex();
   * console.log(await mu.withRLock(() => 42)); // 42
   * ```
   */
  withRLock<X>(fn: () => X): Action<Result<X>> {
    return holding("RWMutex.withRLock", this.#rLock, fn);
  }
}
