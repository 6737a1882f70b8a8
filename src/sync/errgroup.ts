/**
 * A group of goroutines that work on one task and can fail (golang.org/x/sync/errgroup).
 *
 * Invariants: while there is room under the limit no job waits to start; while no job is active or waits, no goroutine waits
 * for the end. What a function throws is kept, the first one as the cause of the group's context; it is not a panic of the
 * run.
 */

import { withCancelCause } from "../context/cancel.ts";
import { nodeOf } from "../context/parent.ts";
import type { CancelCauseFunc, Context } from "../context/types.ts";
import { call } from "../runtime/action.ts";
import { callable, whole } from "../runtime/args.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import type { Body } from "../runtime/body.ts";
import { Deque } from "../runtime/deque.ts";
import { tap, tellSync } from "../runtime/events.ts";
import type { G } from "../runtime/g.ts";
import { m } from "../runtime/m.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { numbers } from "../runtime/numbers.ts";
import { NO, Operation } from "../runtime/op.ts";
import { Goexit, Panic } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import { labelOf, type Thing } from "../runtime/thing.ts";
import type { Go, Op, WaitReason } from "../runtime/types.ts";
import { made } from "../runtime/unused.ts";
import { type Waiter, WaitQueue } from "../runtime/waiter.ts";

/** What dumps say of its waiters. */
const REASONS = { start: "errgroup", wait: "errgroup" };

/**
 * The start of a function that an `ErrGroup` has taken. It starts whether this is performed or not: performing it waits
 * for that.
 */
export interface Started extends Op<void> {
  /** Whether the function has started. */
  readonly started: boolean;
}

class State implements Thing {
  active = 0;
  limit = Infinity;
  readonly errors: unknown[] = [];
  /** Those that wait for room. */
  readonly queue: Deque<Job> = new Deque();
  readonly waiters: WaitQueue = new WaitQueue();
  readonly p: P = m.current();
  /** Ends the group's context, if it has one. */
  cancel: CancelCauseFunc | undefined;
  readonly id: number = ++numbers.errGroups;
  readonly name: string | undefined;

  constructor(name: string | undefined) {
    this.name = name;
    if (m.touch !== null) m.touch(this);
  }

  get kind(): "ErrGroup" {
    return "ErrGroup";
  }

  get reasons(): Readonly<Record<string, WaitReason>> {
    return REASONS;
  }

  /** What the events call it. */
  get called(): string {
    return labelOf(this) as string;
  }

  /** Starts `job`, or queues it. */
  take(job: Job): void {
    if (m.touch !== null) m.touch(this);
    if (this.active < this.limit) this.start(job);
    else {
      if (tap.listener !== null) tellSync("release", this.p, `${this.called}, a job`);
      this.queue.push(job);
    }
  }

  start(job: Job): void {
    this.active++;
    if (tap.listener !== null) tellSync("acquire", this.p, this.called);
    job.start();
  }

  failed(error: unknown): void {
    if (this.errors.push(error) === 1) this.cancel?.(error);
  }

  left(): void {
    if (m.touch !== null) m.touch(this);
    if (tap.listener !== null) tellSync("release", this.p, this.called);
    this.active--;
    this.grant();
    if (!this.idle) return;
    if (tap.listener !== null) tellSync("acquire", this.p, this.called);
    if (this.waiters.first !== null) this.cancel?.();
    for (let w = this.waiters.shift(); w !== null; w = this.waiters.shift()) {
      if (this.errors.length > 0) w.fail(this.errors[0]);
      else w.complete(undefined, true);
    }
  }

  /** Starts the jobs that wait for room, as far as there is any. */
  grant(): void {
    while (this.active < this.limit && this.queue.length > 0) {
      const job = this.queue.shift();
      if (!job.p.over) this.start(job);
    }
  }

  /** None is active and none waits for room. */
  get idle(): boolean {
    return this.active === 0 && this.queue.length === 0;
  }

  /** Whether all have ended; if so, the group's context ends too. */
  ended(): boolean {
    if (!this.idle) return false;
    if (tap.listener !== null) tellSync("acquire", this.p, this.called);
    this.cancel?.();
    return true;
  }
}

/** The goroutine of a job. */
function* errgroup(state: State, { fn, args }: Job): Go {
  if (tap.listener !== null) tellSync("acquire", state.p, `${state.called}, a job`);
  try {
    yield* call(fn as (...args: unknown[]) => unknown, args);
  } catch (error) {
    if (error instanceof Goexit) throw error;
    state.failed(error);
  } finally {
    state.left();
  }
}

/** A function that the group is to run, and the operation of waiting until it has started. */
class Job extends Operation<void> implements Started {
  started = false;
  readonly fn: (...args: never[]) => unknown;
  readonly args: unknown[];
  readonly #state: State;
  readonly #by: G | null = m.curg;
  readonly #scope: AsyncScope;
  readonly #waiters: WaitQueue = new WaitQueue();

  constructor(state: State, fn: (...args: never[]) => unknown, args: unknown[]) {
    super();
    this.#state = state;
    this.fn = fn;
    this.args = args;
    this.#scope = capture(this.p.scope);
  }

  /** The run that it is to run in. */
  get p(): P {
    return this.#by?.p ?? this.#state.p;
  }

  start(): void {
    this.started = true;
    this.p.go(errgroup as Body, [this.#state, this], this.#by, this.#scope);
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) w.complete(undefined, true);
  }

  override get verb(): string {
    return "start";
  }

  override get on(): State {
    return this.#state;
  }

  override attempt(): undefined | NO {
    return this.started ? undefined : NO;
  }

  override enqueue(w: Waiter): void {
    this.#waiters.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#waiters.remove(w);
  }
}

class WaitOp extends Operation<void> {
  readonly #state: State;

  constructor(state: State) {
    super();
    this.#state = state;
  }

  override get verb(): string {
    return "wait";
  }

  override get on(): State {
    return this.#state;
  }

  override attempt(): undefined | NO {
    if (!this.#state.ended()) return NO;
    if (this.#state.errors.length > 0) throw this.#state.errors[0];
    return undefined;
  }

  override enqueue(w: Waiter): void {
    this.#state.waiters.push(w);
  }

  override dequeue(w: Waiter): void {
    this.#state.waiters.remove(w);
  }
}

/**
 * Starts goroutines that work on parts of one task, waits for all of them, and gives the first error.
 *
 * With `ErrGroup.withContext`, the first error also cancels a context that the others can watch. A new group has no limit
 * and no context.
 * Source: https://pkg.go.dev/golang.org/x/sync/errgroup
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { background } from "millrace/context";
 * import { ErrGroup } from "millrace/sync";
 * await run(function* () {
 *   const [group, ctx] = ErrGroup.withContext(background());
 *   group.go(function* () { yield* ctx.done().recv(); });
 *   group.go(async () => { throw new Error("no such page"); });
 *   try {
 *     yield* group.wait();
 *   } catch (error) {
 *     console.log((error as Error).message); // no such page
 *   }
 * });
 * ```
 */
export class ErrGroup {
  readonly #state: State;
  readonly #wait: WaitOp;

  /**
   * Makes one without a limit and without a context.
   *
   * @param options `name`, for dumps, traces and the inspector
   * @throws ArgumentError when that is not a string
   */
  constructor(options: NameOptions = {}) {
    this.#state = new State(named("new ErrGroup", options));
    this.#wait = new WaitOp(this.#state);
  }

  /**
   * Makes a group and a context for it, which ends when a function of the group throws, with that as its cause, or when
   * `wait` returns, whichever comes first.
   * Source: https://pkg.go.dev/golang.org/x/sync/errgroup#WithContext
   *
   * @param ctx what the group's context is derived from; it ends with that one
   * @param options as for `new ErrGroup`
   * @throws Panic NIL_CONTEXT when `ctx` is null or undefined, ArgumentError when it is not a context
   */
  static withContext(ctx: Context, options: NameOptions = {}): [group: ErrGroup, ctx: Context] {
    nodeOf("ErrGroup.withContext", ctx);
    const [derived, cancel] = withCancelCause(ctx);
    const group = new ErrGroup(options);
    group.#state.cancel = cancel;
    return [group, derived];
  }

  /** What the functions of the group have thrown so far, in that order; `wait` throws the first. */
  get errors(): readonly unknown[] {
    return this.#state.errors;
  }

  /**
   * Starts a goroutine in the group, at once or, while the limit is reached, as soon as others have ended.
   *
   * Never blocks. Gives an operation that blocks until the goroutine has started, for a caller that is to go no faster than
   * the group. It need not be performed, and a select that it loses takes nothing back: see `tryGo` for that.
   * Source: https://pkg.go.dev/golang.org/x/sync/errgroup#Group.Go
   *
   * @param fn a generator, async or plain function; what it throws is an error of the group
   * @param args what to call it with
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is not a function
   *
   * @example
   * ```ts
   * import { run } from "millrace";
   * import { ErrGroup } from "millrace/sync";
   * await run(function* () {
   *   const group = new ErrGroup();
   *   group.setLimit(2);
   *   for (const n of [1, 2, 3]) group.go(() => console.log(n)); // 1, then 2, then 3
   *   yield* group.wait();
   * });
   * ```
   */
  go<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): Started {
    callable("ErrGroup.go", fn);
    const job = new Job(this.#state, fn, args);
    this.#state.take(job);
    return job;
  }

  /**
   * Starts a goroutine in the group if the limit allows it, and says whether it did. Never blocks.
   * Source: https://pkg.go.dev/golang.org/x/sync/errgroup#Group.TryGo
   *
   * @param fn as for `go`
   * @param args what to call it with
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   */
  tryGo<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): boolean {
    callable("ErrGroup.tryGo", fn);
    if (m.touch !== null) m.touch(this.#state);
    if (this.#state.active >= this.#state.limit) return false;
    this.#state.start(new Job(this.#state, fn, args));
    return true;
  }

  /**
   * Limits how many goroutines of the group are active at once. A negative number means no limit, zero that none may start.
   * Those above the limit wait in the order of their `go`, and `wait` waits for them too.
   * Source: https://pkg.go.dev/golang.org/x/sync/errgroup#Group.SetLimit
   *
   * @param n a whole number
   * @throws Panic ERRGROUP_LIMIT while goroutines of the group are active, ArgumentError when `n` is no whole number
   */
  setLimit(n: number): void {
    whole("ErrGroup.setLimit", n, -Infinity, Infinity);
    const state = this.#state;
    if (state.active > 0) throw new Panic("ERRGROUP_LIMIT", `${state.active} are active, setLimit got ${n}`);
    state.limit = n < 0 ? Infinity : n;
    state.grant();
  }

  /**
   * Waits until all goroutines of the group have ended, those that wait for room too, then ends its context.
   *
   * Blocks until then. Throws what the first function that failed has thrown.
   * Source: https://pkg.go.dev/golang.org/x/sync/errgroup#Group.Wait
   */
  wait(): Op<void> {
    return made(this.#wait);
  }
}
