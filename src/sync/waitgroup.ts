/**
 * The wait group (Go's `sync.WaitGroup`).
 *
 * Invariant: while the counter is zero no goroutine waits. It is negative only after a panic that was caught, and stays so,
 * as in Go: whatever waits then waits until it is zero again.
 *
 * Go's rule of reuse, "new Add calls must happen after all previous Wait calls have returned", is checked as in Go, by
 * the goroutine that wakes: it panics when it finds the counter above zero. That needs an iterator that runs on both
 * sides of the wait, one a group. A wait that was a case of a select, or that was awaited, has returned in the moment the
 * counter reached zero, so there is nothing to check.
 */

import { startAnywhere } from "../runtime/anywhere.ts";
import { callable, whole } from "../runtime/args.ts";
import { at, emit, tap } from "../runtime/events.ts";
import type { G, Watched } from "../runtime/g.ts";
import { m } from "../runtime/m.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { numbers } from "../runtime/numbers.ts";
import { NO, Operation, step } from "../runtime/op.ts";
import { Panic } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Result } from "../runtime/run.ts";
import { type Thing, toldLock } from "../runtime/thing.ts";
import type { Goroutine, Op, Parked, WaitReason } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Proxies, Waiter, WaitQueue } from "../runtime/waiter.ts";

/** What dumps say of its waiters. */
const REASONS = { wait: "sync.WaitGroup.Wait" };

/** The group itself, which is also the operation of waiting for it, and that operation's iterator. */
class WaitOp extends Operation<void> implements Thing {
  count = 0;
  /** Made by the first waiter: many groups never have one. */
  #queue: WaitQueue | null = null;
  readonly id: number = ++numbers.waitGroups;
  readonly name: string | undefined;
  readonly #home: P = m.current();
  /** A run of the bubble in which the counter was changed from zero. */
  #bubble: P | null = null;

  constructor(name: string | undefined) {
    super();
    this.name = name;
    if (m.touch !== null) m.touch(this);
    if (tap.listener !== null) tap.meet?.(this);
  }

  add(delta: number): void {
    if (m.touch !== null) m.touch(this);
    this.#checkBubble();
    this.count += delta;
    if (this.count < 0) throw new Panic("NEGATIVE_WAITGROUP");
    if (delta < 0 && tap.listener !== null) this.#tell("unlock", m.curg);
    const queue = this.#queue;
    if (this.count > 0 || queue === null) return;
    for (let w = queue.shift(); w !== null; w = queue.shift()) {
      if (tap.listener !== null) this.#tell("lock", w.g);
      w.complete(undefined, true);
    }
  }

  /** Go's rule: while the counter is not zero it is changed either in one bubble or outside of all. */
  #checkBubble(): void {
    const p = m.curg?.p ?? null; // null: an async function, of which nobody knows where it belongs
    const bubble = p?.clock.bubble ? p : null;
    if (this.count === 0) this.#bubble = bubble;
    else if (this.#bubble?.clock !== bubble?.clock && (p !== null || this.#bubble?.over)) {
      throw new Panic("WAITGROUP_BUBBLE");
    }
  }

  #tell(kind: "lock" | "unlock", g: G | null): void {
    emit({ kind, ...at(this.#home, g), ...toldLock(this) });
  }

  override get verb(): string {
    return "wait";
  }

  /** One that was made elsewhere is a bubble's while it counts goroutines of it. */
  get p(): P {
    const bubble = this.count === 0 ? null : this.#bubble;
    return bubble !== null && bubble.clock !== this.#home.clock ? bubble : this.#home;
  }

  get kind(): "WaitGroup" {
    return "WaitGroup";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  get detail(): string {
    return `counter ${this.count}`;
  }

  ready(): boolean {
    return this.count === 0;
  }

  override get on(): this {
    return this;
  }

  override attempt(): undefined | NO {
    if (this.count !== 0) return NO;
    if (tap.listener !== null) this.#tell("lock", m.curg);
    return undefined;
  }

  override enqueue(w: Waiter): void {
    this.#queue ??= new WaitQueue();
    this.#queue.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#queue?.remove(w);
  }

  override [Symbol.iterator](): Iterator<Parked, void, unknown> {
    super[Symbol.iterator]();
    return this;
  }

  next(): IteratorResult<Parked, never> {
    const result = step.next();
    if (result.done === true && this.count !== 0) throw new Panic("WAITGROUP_REUSED");
    return result;
  }
}

/** Waits for the end of a goroutine of the group. */
class Leaver extends Waiter {
  override prev: Waiter | null = null;
  override next: Waiter | null = null;
  override value: unknown = undefined;
  override proxies: Proxies = null;
  readonly #group: WaitOp;
  readonly #p: P;

  constructor(group: WaitOp, p: P) {
    super();
    this.#group = group;
    this.#p = p;
  }

  override complete(): void {
    try {
      this.#group.add(-1);
    } catch (error) {
      // The scheduler is at work: the panic gets a goroutine of its own.
      this.#p.go(
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

/**
 * Waits for a number of goroutines to end: `add` before starting one, `done` when it ends, `wait` for all; or `go`, which
 * does the first two.
 *
 * Used again, all its previous waits must have returned before the next `add`.
 * Source: https://pkg.go.dev/sync#WaitGroup
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { WaitGroup } from "millrace/sync";
 * await run(function* () {
 *   const wg = new WaitGroup();
 *   for (let id = 1; id <= 3; id++) wg.go(() => console.log(`worker ${id}`));
 *   yield* wg.wait();
 *   console.log("all done");
 * });
 * ```
 */
export class WaitGroup {
  readonly #wait: WaitOp;

  /**
   * Makes one whose counter is zero.
   *
   * @param options `name`, for dumps, traces and the inspector
   * @throws ArgumentError when that is not a string
   */
  constructor(options: NameOptions = {}) {
    this.#wait = new WaitOp(named("new WaitGroup", options));
  }

  /**
   * Adds `delta`, which may be negative, to the counter. At zero, all who wait go on. Never blocks.
   * Source: https://pkg.go.dev/sync#WaitGroup.Add
   *
   * @param delta a whole number
   * @throws Panic NEGATIVE_WAITGROUP when the counter is negative then; WAITGROUP_BUBBLE when it was changed both in a bubble
   *   and outside of it; ArgumentError when `delta` is not a whole number
   */
  add(delta: number): void {
    whole("WaitGroup.add", delta);
    this.#wait.add(delta);
  }

  /**
   * Takes one from the counter. Never blocks.
   * Source: https://pkg.go.dev/sync#WaitGroup.Done
   *
   * @throws Panic NEGATIVE_WAITGROUP when the counter is negative then; WAITGROUP_BUBBLE as `add` does
   */
  done(): void {
    this.#wait.add(-1);
  }

  /**
   * Waits until the counter is zero.
   *
   * Blocks until then. Panics with WAITGROUP_REUSED when the group was used again before this wait has returned.
   * Source: https://pkg.go.dev/sync#WaitGroup.Wait
   */
  wait(): Op<void> {
    return made(this.#wait);
  }

  /**
   * Starts a goroutine that counts: `add(1)` now, `done()` when it ends, also by `goexit`.
   *
   * Never blocks. The function must not panic. A parallel one runs on any thread.
   * Source: https://pkg.go.dev/sync#WaitGroup.Go
   *
   * @param fn a generator, async, plain or parallel function, as for `go`
   * @param args what to call it with
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   *
   * @example
   * ```ts
   * import { WaitGroup } from "millrace/sync";
   * const wg = new WaitGroup();
   * wg.go(async (name: string) => console.log(`hello, ${name}`), "world");
   * await wg.wait();
   * ```
   */
  go<A extends unknown[], X>(fn: (...args: A) => X, ...args: A): Goroutine<Result<X>> {
    callable("WaitGroup.go", fn);
    const p = m.current();
    this.#wait.add(1);
    let g: Watched;
    try {
      g = startAnywhere(p, fn, args, m.curg);
    } catch (error) {
      this.#wait.add(-1);
      throw error;
    }
    g.watch(new Leaver(this.#wait, p));
    return g as Goroutine as Goroutine<Result<X>>;
  }
}
