/**
 * The wait group between threads. The invariant is that of sync/waitgroup.ts: while the counter, `QCOUNT`, is zero no
 * goroutine waits.
 *
 * Go's check that a group is not used again before its waits have returned is not made: when the news of the zero arrives
 * on another thread, it may rightly be in use again.
 */

import { startAnywhere } from "../../runtime/anywhere.ts";
import { callable, whole } from "../../runtime/args.ts";
import { at, emit, tap } from "../../runtime/events.ts";
import type { Watched } from "../../runtime/g.ts";
import { m } from "../../runtime/m.ts";
import { named } from "../../runtime/named.ts";
import { NO } from "../../runtime/op.ts";
import { ArgumentError, Panic } from "../../runtime/panic.ts";
import type { Result } from "../../runtime/run.ts";
import { toldLock } from "../../runtime/thing.ts";
import type { Goroutine, Op, WaitReason } from "../../runtime/types.ts";
import { made } from "../../runtime/unused.ts";
import { type Proxies, rivals, Waiter } from "../../runtime/waiter.ts";
import { DIRTY, QCOUNT, RECVQ, STATUS } from "../memory/layout.ts";
import { memory } from "../memory/memory.ts";
import { OPEN, WAITGROUP } from "../memory/object.ts";
import { HANDLE, registerHandle } from "../values/handles.ts";
import { lock, unlock } from "./lock.ts";
import { SharedOp } from "./op.ts";
import { handles, newObject, release, retain, SharedObject, type SharedOptions } from "./shared.ts";
import { dequeue, FAILED, SERVED, STATE, serve } from "./sudog.ts";
import { waiting } from "./waiting.ts";

/** What dumps say of its waiters. */
const REASONS = { wait: "sync.WaitGroup.Wait" };

const MOST = 2 ** 31 - 1;

class Counter extends SharedObject {
  get kind(): "SharedWaitGroup" {
    return "SharedWaitGroup";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  group: SharedWaitGroup | null = null;
  readonly op: WaitOp = new WaitOp(this);

  get count(): number {
    return Atomics.load(memory.i32, this.ptr + QCOUNT);
  }

  /** A thread died while it changed it. */
  get lost(): boolean {
    return memory.i32[this.ptr + STATUS] !== OPEN;
  }

  add(delta: number): void {
    const { i32 } = memory;
    const { ptr } = this;
    lock(ptr);
    const status = i32[ptr + STATUS];
    const was = i32[ptr + QCOUNT] as number;
    const count = was + delta;
    const good = Math.abs(count) <= MOST && status === OPEN;
    i32[ptr + DIRTY] = 1;
    if (good) Atomics.store(i32, ptr + QCOUNT, count);
    if (count === 0) for (let s = dequeue(ptr + RECVQ); s !== 0; s = dequeue(ptr + RECVQ)) serve(s, SERVED);
    i32[ptr + DIRTY] = 0;
    unlock(ptr);
    if (status !== OPEN) throw lost();
    if (count < 0) throw new Panic("NEGATIVE_WAITGROUP");
    if (!good) throw new ArgumentError(`SharedWaitGroup.add: expected a counter up to ${MOST}, got ${count}`);
    if (delta < 0 && tap.listener !== null) this.tell("unlock");
    waiting.deliver();
  }

  override settle(s: number): boolean {
    const { i32 } = memory;
    const open = i32[this.ptr + STATUS] === OPEN;
    if (open && i32[this.ptr + QCOUNT] !== 0) return false;
    i32[s + STATE] = open ? SERVED : FAILED;
    return true;
  }

  override outcome(s: number): void {
    if (memory.i32[s + STATE] !== SERVED) throw lost();
    this.done();
  }

  /** Somebody goes on because the counter is zero. */
  done(): void {
    if (tap.listener !== null) this.tell("lock");
  }

  tell(kind: "lock" | "unlock"): void {
    emit({ kind, ...at(this.p), ...toldLock(this) });
  }
}

function lost(): Panic {
  return new Panic("SHARED_LOST", "SharedWaitGroup");
}

class WaitOp extends SharedOp<void, Counter> {
  override get queue(): number {
    return RECVQ;
  }

  override get verb(): string {
    return "wait";
  }

  override attempt(): undefined | NO {
    if (this.object.count !== 0 || this.object.lost) {
      rivals.missed++;
      return NO;
    }
    this.object.done();
    return undefined;
  }

  override prepare(): void {}
}

let adopted: Counter | null = null;
let isOne: (value: object) => boolean;
let counterOf: (group: SharedWaitGroup) => Counter;

/**
 * A counter that goroutines on all threads change and wait for, used as `WaitGroup` is. It can be an argument of a
 * parallel function and a value on a shared channel, and is the same group there.
 * Source: https://pkg.go.dev/sync#WaitGroup
 *
 * @example
 * ```ts
 * import { go, run } from "millrace";
 * import { SharedWaitGroup } from "millrace/threads";
 * await run(function* () {
 *   const wg = new SharedWaitGroup();
 *   wg.add(2);
 *   for (const name of ["a", "b"]) go(() => { console.log(name); wg.done(); }); // a, then b
 *   yield* wg.wait();
 * });
 * ```
 */
export class SharedWaitGroup {
  static {
    counterOf = (group) => group.#counter;
    isOne = (value) => #counter in value;
  }

  readonly #counter: Counter;

  /**
   * Makes one whose counter is zero.
   *
   * @param options `name`, for dumps and traces
   * @throws Panic SHARED_MEMORY when there is no room
   */
  constructor(options: SharedOptions = {}) {
    this.#counter = adopted ?? handles.add(new Counter(newObject(WAITGROUP, 0, 0, named("SharedWaitGroup", options))));
    this.#counter.group = this;
  }

  /**
   * Adds `delta` to the counter. Never blocks; at zero, all waiters on all threads go on.
   * Source: https://pkg.go.dev/sync#WaitGroup.Add
   *
   * @param delta a whole number, also negative
   * @throws Panic NEGATIVE_WAITGROUP when the counter is negative then, ArgumentError when `delta` is no whole number
   */
  add(delta: number): void {
    whole("SharedWaitGroup.add", delta);
    this.#counter.add(delta);
  }

  /**
   * Takes one from the counter. Never blocks.
   * Source: https://pkg.go.dev/sync#WaitGroup.Done
   *
   * @throws Panic NEGATIVE_WAITGROUP when the counter is negative then
   */
  done(): void {
    this.#counter.add(-1);
  }

  /**
   * Waits until the counter is zero.
   *
   * Blocks until then.
   * Source: https://pkg.go.dev/sync#WaitGroup.Wait
   */
  wait(): Op<void> {
    return made(this.#counter.op);
  }

  /**
   * Starts a goroutine that counts: `add(1)` now, `done()` when it ends, also by `goexit`.
   *
   * Never blocks. The function must not panic; a parallel one runs on any thread.
   * Source: https://pkg.go.dev/sync#WaitGroup.Go
   *
   * @param fn a generator, async, plain or parallel function, as for `go`
   * @param args what to call it with
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   *
   * @example
   * ```ts
   * import { SharedWaitGroup } from "millrace/threads";
   * const wg = new SharedWaitGroup();
   * wg.go(async (name: string) => console.log(`hello, ${name}`), "world"); // hello, world
   * await wg.wait();
   * ```
   */
  go<A extends unknown[], X>(fn: (...args: A) => X, ...args: A): Goroutine<Result<X>> {
    callable("SharedWaitGroup.go", fn);
    this.#counter.add(1);
    let g: Watched;
    try {
      g = startAnywhere(m.current(), fn, args, m.curg);
    } catch (error) {
      this.#counter.add(-1);
      throw error;
    }
    g.watch(new Leaver(this.#counter));
    return g as Goroutine as Goroutine<Result<X>>;
  }
}

/** Waits for the end of a goroutine of the group. */
class Leaver extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly #counter: Counter;

  constructor(counter: Counter) {
    super();
    this.#counter = counter;
  }

  override complete(): void {
    try {
      this.#counter.add(-1);
    } catch (error) {
      // The scheduler is at work: the panic gets a goroutine of its own.
      this.#counter.p.go(
        function done() {
          throw error;
        },
        [],
        null,
      );
    }
  }

  override fail(): void {
    this.complete();
  }
}

registerHandle({
  kind: HANDLE.waitGroup,
  is: (value) => isOne(value),
  encode(value) {
    const { ptr } = counterOf(value as SharedWaitGroup);
    retain(ptr);
    return ptr;
  },
  decode(ptr) {
    const object = handles.adopt(ptr, (at) => new Counter(at));
    if (object.group !== null) return object.group;
    adopted = object;
    try {
      return new SharedWaitGroup();
    } finally {
      adopted = null;
    }
  },
  release,
});
