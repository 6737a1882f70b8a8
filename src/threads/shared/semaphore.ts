/**
 * The weighted semaphore between threads. Invariants as in sync/semaphore.ts: `QCOUNT`, what is in use, is between 0 and
 * `SIZE`; the first in the queue asks for more than is free, and those behind it wait even if there is room for them.
 *
 * How much of it each isolate has stands in its hold, so that the weight of one that dies can be given back. Released on
 * another thread than it was acquired on, it is that other one's to have less than nothing. Until a waiter that was served
 * has learnt of it, the weight stands in its sudog, which is then `SERVED`.
 */

import { nilChan } from "../../chan/nil.ts";
import { whole } from "../../runtime/args.ts";
import { at, emit, tap } from "../../runtime/events.ts";
import { named } from "../../runtime/named.ts";
import { NO } from "../../runtime/op.ts";
import { Panic } from "../../runtime/panic.ts";
import { toldLock } from "../../runtime/thing.ts";
import type { Op, WaitReason } from "../../runtime/types.ts";
import { made } from "../../runtime/unused.ts";
import { rivals } from "../../runtime/waiter.ts";
import { Held } from "../../sync/held.ts";
import { DIRTY, HOLD_WEIGHT, QCOUNT, RECVQ, SIZE, STATUS } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { OPEN, SEMAPHORE } from "../memory/object.ts";
import { HANDLE, registerHandle } from "../values/handles.ts";
import { pack } from "../values/slot.ts";
import { lock, unlock } from "./lock.ts";
import { SharedOp } from "./op.ts";
import { handles, newObject, release, retain, SharedObject, type SharedOptions } from "./shared.ts";
import { CELL, dequeueFirst, ENDED, FAILED, isDone, SERVED, STATE, serve } from "./sudog.ts";
import { waiting } from "./waiting.ts";

/** What dumps say of its waiters. */
const REASONS = { acquire: "semacquire" };

/** The largest size: weights are words. */
const MOST = 2 ** 31 - 1;

class State extends SharedObject {
  semaphore: SharedSemaphore | null = null;
  readonly one: AcquireOp = new AcquireOp(this, 1);

  get size(): number {
    return memory.i32[this.ptr + SIZE] as number;
  }

  take(n: number): boolean {
    const { i32 } = memory;
    const { ptr } = this;
    lock(ptr);
    const status = i32[ptr + STATUS];
    const used = i32[ptr + QCOUNT] as number;
    const free = status === OPEN && i32[ptr + RECVQ] === 0 && n <= (i32[ptr + SIZE] as number) - used;
    if (free) this.#change(used + n, n);
    unlock(ptr);
    if (status !== OPEN) throw lost();
    if (free && tap.listener !== null) this.#tell("lock");
    return free;
  }

  /** Under the lock: so much is in use now, and this isolate has that much more. */
  #change(used: number, more: number): void {
    const { i32 } = memory;
    const { ptr } = this;
    const weight = this.hold + HOLD_WEIGHT;
    i32[ptr + DIRTY] = 1;
    i32[ptr + QCOUNT] = used;
    i32[weight] = (i32[weight] as number) + more;
    i32[ptr + DIRTY] = 0;
  }

  release(n: number): void {
    const { i32 } = memory;
    const { ptr } = this;
    lock(ptr);
    const status = i32[ptr + STATUS];
    const used = i32[ptr + QCOUNT] as number;
    if (status === OPEN && n <= used) {
      this.#change(used - n, -n);
      grant(ptr);
    }
    unlock(ptr);
    if (status !== OPEN) throw lost();
    if (n > used) throw new Panic("SEMAPHORE_RELEASE", `${used} of ${this.size} are held, release got ${n}`);
    if (tap.listener !== null) this.#tell("unlock");
    waiting.deliver();
  }

  override settle(s: number): boolean {
    const { i32 } = memory;
    const { ptr } = this;
    if (i32[ptr + STATUS] !== OPEN) {
      i32[s + STATE] = FAILED;
      return true;
    }
    const used = i32[ptr + QCOUNT] as number;
    const n = i32[s + CELL + 1] as number;
    if (i32[ptr + RECVQ] !== 0 || n > (i32[ptr + SIZE] as number) - used) return false;
    i32[ptr + DIRTY] = 1;
    i32[ptr + QCOUNT] = used + n;
    i32[s + STATE] = SERVED;
    i32[ptr + DIRTY] = 0;
    return true;
  }

  override outcome(s: number): Held {
    const { i32 } = memory;
    if (i32[s + STATE] !== SERVED) throw lost();
    const n = i32[s + CELL + 1] as number;
    const weight = this.hold + HOLD_WEIGHT;
    // From here on it is in the hold, where it is found if this thread dies, and no more in the sudog.
    i32[weight] = (i32[weight] as number) + n;
    i32[s + STATE] = ENDED;
    if (tap.listener !== null) this.#tell("lock");
    return new Held(this, n);
  }

  override left(): void {
    grant(this.ptr);
  }

  override unwanted(s: number): void {
    const { i32 } = memory;
    if (i32[s + STATE] !== SERVED) return;
    giveWeight(this.ptr, i32[s + CELL + 1] as number, s);
    waiting.deliver();
  }

  get kind(): "SharedSemaphore" {
    return "SharedSemaphore";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  #tell(kind: "lock" | "unlock"): void {
    emit({ kind, ...at(this.p), ...toldLock(this) });
  }
}

/**
 * Under the lock: serves the queue from its head. One by one, because whoever comes after one whose select is done may want
 * more than there is.
 */
export function grant(ptr: number): void {
  const { i32 } = memory;
  i32[ptr + DIRTY] = 1;
  for (;;) {
    const first = i32[ptr + RECVQ] as number;
    if (first === 0) break;
    const used = i32[ptr + QCOUNT] as number;
    const n = i32[first + CELL + 1] as number;
    if (n > (i32[ptr + SIZE] as number) - used && !isDone(first)) break;
    if (dequeueFirst(ptr + RECVQ) < 0) continue;
    i32[ptr + QCOUNT] = used + n;
    serve(first, SERVED);
  }
  i32[ptr + DIRTY] = 0;
}

/** Gives back a weight that nobody has any more; `s` is the sudog that was served with it, if it stands in one. */
export function giveWeight(ptr: number, n: number, s: number): void {
  const { i32 } = memory;
  lock(ptr);
  const used = Math.max(0, (i32[ptr + QCOUNT] as number) - n);
  i32[ptr + DIRTY] = 1;
  i32[ptr + QCOUNT] = used;
  if (s !== 0) i32[s + STATE] = ENDED;
  grant(ptr);
  unlock(ptr);
}

function lost(): Panic {
  return new Panic("SHARED_LOST", "SharedSemaphore");
}

class AcquireOp extends SharedOp<Disposable, State> {
  readonly #n: number;

  constructor(state: State, n: number) {
    super(state);
    this.#n = n;
  }

  override get queue(): number {
    return RECVQ;
  }

  override get verb(): string {
    return "acquire";
  }

  override attempt(): Disposable | NO {
    if (this.object.take(this.#n)) return new Held(this.object, this.#n);
    rivals.missed++;
    return NO;
  }

  override prepare(cell: number): void {
    pack(cell, this.#n, "weight");
  }
}

let adopted: State | null = null;
let isOne: (value: object) => boolean;
let stateOf: (semaphore: SharedSemaphore) => State;

/**
 * A bound, for all threads, on how much may be in use at once; used as `Semaphore` is. It can be an argument of a parallel
 * function and a value on a shared channel, and is the same semaphore there. What a thread holds that dies is released.
 * Source: https://pkg.go.dev/golang.org/x/sync/semaphore
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { SharedSemaphore } from "millrace/threads";
 * await run(function* () {
 *   const connections = new SharedSemaphore(2);
 *   {
 *     using _ = yield* connections.acquire();
 *     console.log(connections.tryAcquire(2)); // false
 *   }
 *   console.log(connections.tryAcquire(2)); // true
 *   connections.release(2);
 * });
 * ```
 */
export class SharedSemaphore {
  static {
    stateOf = (semaphore) => semaphore.#state;
    isOne = (value) => #state in value;
  }

  readonly #state: State;

  /**
   * Makes one of which nothing is held.
   * Source: https://pkg.go.dev/golang.org/x/sync/semaphore#NewWeighted
   *
   * @param size the weight that can be held in total: a whole number from 0 to 2^31-1
   * @param options `name`, for dumps and traces
   * @throws ArgumentError when it is not that; Panic SHARED_MEMORY when there is no room
   */
  constructor(size: number, options: SharedOptions = {}) {
    this.#state =
      adopted ??
      handles.add(
        new State(newObject(SEMAPHORE, weight("new SharedSemaphore", size), 0, named("SharedSemaphore", options))),
      );
    this.#state.semaphore = this;
  }

  /** The weight that can be held in total. */
  get size(): number {
    return this.#state.size;
  }

  /**
   * Acquires a weight of `n`.
   *
   * Blocks until that much is free and all who waited longer were served; for ever when `n` is more than the size. Gives
   * a disposable that releases it: `using _ = yield* sem.acquire()`. Use that or `release`, not both.
   * Source: https://pkg.go.dev/golang.org/x/sync/semaphore#Weighted.Acquire
   *
   * @param n a whole number from 0 up
   * @throws ArgumentError when it is not that
   */
  acquire(n: number = 1): Op<Disposable> {
    if (n === 1) return made(this.#state.one);
    const op = new AcquireOp(this.#state, weight("SharedSemaphore.acquire", n));
    // What can never be had must not keep the others waiting.
    return made(n > this.size ? (nilChan<Disposable>().recv() as Op<Disposable>) : op);
  }

  /**
   * Acquires a weight of `n` if that much is free and nobody waits, and says whether it did. Never blocks.
   * Source: https://pkg.go.dev/golang.org/x/sync/semaphore#Weighted.TryAcquire
   *
   * @param n a whole number from 0 up
   * @throws ArgumentError when it is not that
   */
  tryAcquire(n: number = 1): boolean {
    return this.#state.take(weight("SharedSemaphore.tryAcquire", n));
  }

  /**
   * Releases a weight of `n`. Never blocks.
   * Source: https://pkg.go.dev/golang.org/x/sync/semaphore#Weighted.Release
   *
   * @param n a whole number from 0 up
   * @throws Panic SEMAPHORE_RELEASE when less than that is held, ArgumentError when it is no such number
   */
  release(n: number = 1): void {
    this.#state.release(weight("SharedSemaphore.release", n));
  }
}

function weight(where: string, n: number): number {
  return whole(where, n, 0, MOST);
}

registerHandle({
  kind: HANDLE.semaphore,
  is: (value) => isOne(value),
  encode(value) {
    const { ptr } = stateOf(value as SharedSemaphore);
    retain(ptr);
    return ptr;
  },
  decode(ptr) {
    const object = handles.adopt(ptr, (at) => new State(at));
    if (object.semaphore !== null) return object.semaphore;
    adopted = object;
    try {
      return new SharedSemaphore(0);
    } finally {
      adopted = null;
    }
  },
  release,
});
