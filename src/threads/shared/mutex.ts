/**
 * The mutex between threads. Invariants as in sync/mutex.ts: a free lock has no waiter, and it is handed over, first in,
 * first out. `QCOUNT` is 1 while it is held, `HOLDER` the isolate that holds it: when that dies the mutex is lost, because
 * nobody knows in what state it left what the lock protects.
 */
import type { Action } from "../../runtime/action.ts";
import { at, emit, tap } from "../../runtime/events.ts";
import type { G } from "../../runtime/g.ts";
import { m } from "../../runtime/m.ts";
import { named } from "../../runtime/named.ts";
import { NO } from "../../runtime/op.ts";
import { FatalError, Panic } from "../../runtime/panic.ts";
import type { Result } from "../../runtime/run.ts";
import { toldLock } from "../../runtime/thing.ts";
import type { Op, WaitReason } from "../../runtime/types.ts";
import { made } from "../../runtime/unused.ts";
import { rivals } from "../../runtime/waiter.ts";
import { holding } from "../../sync/holding.ts";
import { DIRTY, GENERATION, HOLDER, QCOUNT, RECVQ, STATUS } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { MUTEX, OPEN } from "../memory/object.ts";
import { keyOf, recordOf } from "../memory/record.ts";
import { HANDLE, registerHandle } from "../values/handles.ts";
import { lock, unlock } from "./lock.ts";
import { SharedOp } from "./op.ts";
import { handles, newObject, release, retain, SharedObject, type SharedOptions } from "./shared.ts";
import { dequeue, FAILED, OWNER, SERVED, STATE, serve } from "./sudog.ts";
import { waiting } from "./waiting.ts";

/** What dumps say of its waiters. */
const REASONS = { lock: "sync.Mutex.Lock" };

class Held implements Disposable {
  readonly #lock: Lock;
  #disposed = false;

  constructor(held: Lock) {
    this.#lock = held;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#lock.release();
  }
}

class Lock extends SharedObject {
  mutex: SharedMutex | null = null;
  /** Who took it last on this thread. */
  #g: G | null = null;
  readonly op: LockOp = new LockOp(this);

  /** Takes it if it is free. */
  take(): Held | null {
    const { i32, key } = memory;
    const { ptr } = this;
    if (Atomics.load(i32, ptr + QCOUNT) !== 0 && i32[ptr + STATUS] === OPEN) return null;
    lock(ptr);
    const status = i32[ptr + STATUS];
    const free = status === OPEN && i32[ptr + QCOUNT] === 0;
    if (free) {
      i32[ptr + QCOUNT] = 1;
      i32[ptr + HOLDER] = key;
    }
    unlock(ptr);
    if (status !== OPEN) throw lost();
    return free ? this.#held(m.curg) : null;
  }

  #held(g: G | null): Held {
    this.#g = g;
    if (tap.listener !== null) this.#tell("lock", g);
    return new Held(this);
  }

  release(): void {
    const { i32 } = memory;
    const { ptr } = this;
    lock(ptr);
    const was = i32[ptr + QCOUNT];
    const status = i32[ptr + STATUS];
    if (was === 1 && status === OPEN) {
      i32[ptr + DIRTY] = 1;
      const next = dequeue(ptr + RECVQ);
      if (next === 0) i32[ptr + QCOUNT] = i32[ptr + HOLDER] = 0;
      else this.#give(next);
      i32[ptr + DIRTY] = 0;
    }
    unlock(ptr);
    if (status !== OPEN) throw lost();
    if (was === 0) m.current().fatal(new FatalError("UNLOCK_OF_UNLOCKED", "sync: unlock of unlocked mutex"));
    if (tap.listener !== null) this.#tell("unlock");
    waiting.deliver();
  }

  #give(s: number): void {
    const { i32 } = memory;
    const owner = i32[s + OWNER] as number;
    i32[this.ptr + HOLDER] = keyOf(owner, i32[recordOf(owner) + GENERATION] as number);
    serve(s, SERVED);
  }

  override settle(s: number): boolean {
    const { i32, key } = memory;
    const { ptr } = this;
    const open = i32[ptr + STATUS] === OPEN;
    if (open && i32[ptr + QCOUNT] !== 0) return false;
    if (open) {
      i32[ptr + QCOUNT] = 1;
      i32[ptr + HOLDER] = key;
    }
    i32[s + STATE] = open ? SERVED : FAILED;
    return true;
  }

  override outcome(s: number, g: G | null): Held {
    if (memory.i32[s + STATE] !== SERVED) throw lost();
    return this.#held(g);
  }

  override unwanted(s: number): void {
    if (memory.i32[s + STATE] === SERVED) this.release();
  }

  get kind(): "SharedMutex" {
    return "SharedMutex";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  /** The goroutine of this thread that holds it. */
  get holders(): readonly G[] {
    return memory.i32[this.ptr + HOLDER] === memory.key && this.#g !== null ? [this.#g] : [];
  }

  #tell(kind: "lock" | "unlock", g: G | null = m.curg): void {
    emit({ kind, ...at(this.p, g), ...toldLock(this) });
  }
}

function lost(): Panic {
  return new Panic("SHARED_LOST", "SharedMutex");
}

class LockOp extends SharedOp<Disposable, Lock> {
  override get queue(): number {
    return RECVQ;
  }

  override get verb(): string {
    return "lock";
  }

  override attempt(): Disposable | NO {
    const held = this.object.take();
    if (held === null) rivals.missed++;
    return held ?? NO;
  }

  override prepare(): void {}
}

let adopted: Lock | null = null;
let isOne: (value: object) => boolean;
let lockOf: (mutex: SharedMutex) => Lock;

/**
 * A mutual exclusion lock between threads, used as `Mutex` is: at most one holder on all threads, waiters served first in,
 * first out. It can be an argument of a parallel function and a value on a shared channel, and is the same lock there.
 *
 * What several threads change is in a `SharedArrayBuffer`; everything else is a copy and needs no lock.
 * Source: https://pkg.go.dev/sync#Mutex
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { SharedMutex } from "millrace/threads";
 * await run(function* () {
 *   const mu = new SharedMutex({ name: "accounts" });
 *   {
 *     using _ = yield* mu.lock();
 *     console.log(mu.tryLock()); // false
 *   }
 *   console.log(mu.tryLock()); // true
 *   mu.unlock();
 * });
 * ```
 */
export class SharedMutex {
  static {
    lockOf = (mutex) => mutex.#lock;
    isOne = (value) => #lock in value;
  }

  readonly #lock: Lock;

  /**
   * Makes one that is free.
   *
   * @param options `name`, for dumps and traces
   * @throws Panic SHARED_MEMORY when there is no room
   */
  constructor(options: SharedOptions = {}) {
    this.#lock = adopted ?? handles.add(new Lock(newObject(MUTEX, 0, 0, named("SharedMutex", options))));
    this.#lock.mutex = this;
  }

  /**
   * Takes the lock.
   *
   * Blocks until it is free and all who waited longer had it. Gives a disposable that unlocks it: `using _ = yield* mu.lock()`.
   * Disposing it twice unlocks once; use it or `unlock()`, not both. Panics with SHARED_LOST when the thread that held the
   * lock has died.
   * Source: https://pkg.go.dev/sync#Mutex.Lock
   */
  lock(): Op<Disposable> {
    return made(this.#lock.op);
  }

  /**
   * Takes the lock if it is free, and says whether it did. Never blocks.
   * Source: https://pkg.go.dev/sync#Mutex.TryLock
   *
   * @throws Panic SHARED_LOST when the thread that held it has died
   */
  tryLock(): boolean {
    return this.#lock.take() !== null;
  }

  /**
   * Frees the lock, or hands it to whoever waits longest, on whatever thread. Never blocks.
   * Source: https://pkg.go.dev/sync#Mutex.Unlock
   *
   * @throws FatalError UNLOCK_OF_UNLOCKED, which ends the run, when it is not locked; Panic SHARED_LOST
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
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   *
   * @example
   * ```ts
   * import { SharedMutex } from "millrace/threads";
   * const mu = new SharedMutex();
   * console.log(await mu.withLock(async () => 42)); // 42
   * ```
   */
  withLock<X>(fn: () => X): Action<Result<X>> {
    return holding("SharedMutex.withLock", this.#lock.op, fn);
  }
}

registerHandle({
  kind: HANDLE.mutex,
  is: (value) => isOne(value),
  encode(value) {
    const { ptr } = lockOf(value as SharedMutex);
    retain(ptr);
    return ptr;
  },
  decode(ptr) {
    const object = handles.adopt(ptr, (at) => new Lock(at));
    if (object.mutex !== null) return object.mutex;
    adopted = object;
    try {
      return new SharedMutex();
    } finally {
      adopted = null;
    }
  },
  release,
});
