/**
 * A goroutine that yields values, as a channel.
 *
 * Its function is a generator in which `yield* op` performs an operation and a plain `yield` gives a value. They are told
 * apart by identity: an operation that waits makes the generator yield what `isParked`. A goroutine runs it from
 * the moment a value is wanted until it gives one, no longer; so a channel that is dropped leaves a suspended generator
 * behind, and nothing that runs or waits.
 *
 * A channel that is stopped ends the generator. Its context is done first; if that wakes it, it may end by itself. Else an
 * exit is thrown where it stands, once, as `goexit` does: at the operation it waits for, at its next one, or at its `yield`,
 * from where a goroutine runs its `finally` blocks, operations included. A value that it still yields then is dropped, and
 * the generator is left there.
 *
 * Rejected: `iterator.return()`, see docs/decisions/0089-a-stopped-generator-exits.md.
 */
import { CLOSED } from "../chan/closed.ts";
import { withCancel } from "../context/cancel.ts";
import { follow } from "../context/follow.ts";
import { background } from "../context/roots.ts";
import type { Context } from "../context/types.ts";
import { checkLocal, type Local } from "../runtime/anywhere.ts";
import { callable, checkOptions } from "../runtime/args.ts";
import { type AsyncScope, capture } from "../runtime/async-scope.ts";
import { type Body, next } from "../runtime/body.ts";
import { exitWhereItWaits } from "../runtime/exit.ts";
import type { G } from "../runtime/g.ts";
import { m } from "../runtime/m.ts";
import { isParked, type NO, Operation, PARKED } from "../runtime/op.ts";
import { ArgumentError, Goexit } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Go, Parked } from "../runtime/types.ts";
import { Merge } from "./merge.ts";
import { AskedInlet, type Inlet, inletOf, type Source } from "./source.ts";
import { checkContext, type Stream, type StreamOptions } from "./stream.ts";

type Gen<T> = Generator<T | Parked, unknown, unknown>;

/** One stretch of the generator: until it gives a value or ends. */
class Stretch<T> implements Iterable<Parked, IteratorResult<T, unknown>> {
  /** An exit that is to be thrown. */
  exit: Goexit | null = null;
  readonly #gen: Gen<T>;
  /** It stands before its first line or at a `yield`, not at an operation. */
  #between = true;

  constructor(gen: Gen<T>) {
    this.#gen = gen;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Parked, IteratorResult<T, unknown>> {
    for (;;) {
      const result = this.#go();
      if (isParked(result)) {
        // It has come to an operation. Someone who only looks at its stack moves nothing.
        const { exit } = this;
        if (exit !== null && m.probe === null && exitWhereItWaits(m.curg as G, exit)) this.exit = null;
        return PARKED;
      }
      this.#between = true;
      if (this.exit === null || result.done) return { done: true, value: result as IteratorResult<T, unknown> };
    }
  }

  #go(): IteratorResult<T | Parked, unknown> {
    const { exit } = this;
    if (!this.#between || exit === null) {
      this.#between = false;
      return this.#gen.next();
    }
    this.exit = null;
    this.#between = false;
    return this.#gen.throw(exit);
  }
}

/** What a generator that performs operations yields. */
class GenInlet<T> extends AskedInlet<T> {
  readonly #p: P = m.current();
  readonly #stretch: Stretch<T>;
  readonly #scope: AsyncScope = capture(this.#p.scope);
  readonly #drive: Body;
  /** The goroutine that runs the generator. */
  #g: G | null = null;
  #begun = false;

  constructor(name: string, gen: Gen<T>) {
    super();
    const stretch = new Stretch(gen);
    this.#stretch = stretch;
    const self = this;
    const named = {
      *[name](): Go {
        try {
          const { done, value } = yield* stretch;
          self.#g = null;
          if (done) self.closed();
          else if (value instanceof Operation)
            self.threw(new ArgumentError(`${name}: yielded an operation; write yield* before it`));
          else self.gave(value);
        } catch (error) {
          self.#g = null;
          if (!(error instanceof Goexit)) return self.threw(error);
          self.closed();
          throw error;
        }
      },
    };
    this.#drive = named[name] as Body;
  }

  protected override ask(): void {
    this.#begun = true;
    this.#g = this.#p.go(this.#drive, [], m.curg, this.#scope);
  }

  protected override end(): void {
    if (this.ended) return;
    super.end();
    if (!this.#begun || this.#p.over) return;
    const exit = new Goexit();
    if (this.#g !== null && exitWhereItWaits(this.#g, exit)) return;
    this.#stretch.exit = exit;
    if (this.#g === null) this.ask();
  }
}

/** What a function made: a generator that may perform operations, or any source. */
export function inletOfResult<T>(where: string, name: string, made: Source<T>): Inlet<T> {
  return (made as Partial<Iterator<T>> | null)?.next === next
    ? new GenInlet(name, made as unknown as Gen<T>)
    : inletOf(where, made);
}

/** What functions of the program make: it has their context, and ends as soon as that does, for them to clean up. */
export class Generated<T> extends Merge<T> {
  readonly #name: string;
  readonly #ctx: Context;
  readonly #end: () => void;
  #unfollow: (() => void) | null = null;

  /**
   * @param ctx the context of the functions
   * @param end lets go of what it has besides the inlet, the context among that
   */
  constructor(name: string, inlet: Inlet<T>, ctx: Context, end: () => void) {
    super(name, [inlet], { ctx });
    this.#name = name;
    this.#ctx = ctx;
    this.#end = end;
  }

  protected override poll(): T | NO | typeof CLOSED {
    // From the first value on; before, there is nothing to clean up, and a channel that nobody reads can be collected.
    this.#unfollow ??= follow(this.#name, this.#ctx, () => this.stop());
    return this.ended ? CLOSED : super.poll();
  }

  protected override release(): void {
    this.#unfollow?.();
    this.#end();
  }
}

/**
 * A channel of the values that a function yields. In a `function*`, `yield* op` performs an operation and a plain `yield`
 * gives a value; an `async function*` awaits; any other function may return an iterable, async iterable or channel.
 *
 * It runs only as far as values are received. The channel closes when the function returns, when it is stopped or when its
 * context is done, which the function sees as the context it is given. Then a `function*` exits where it stands: its `finally`
 * blocks and `using` run, with the operations in them; other iterables are returned. What it throws ends it, and every receive
 * throws it then; after it was stopped, nobody is left to hear of that.
 * Source: https://go.dev/talks/2012/concurrency.slide#25
 *
 * @param fn called once, with a context that is done when the channel was stopped
 * @param options `ctx`: stops the channel when it is done
 * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { generate } from "millrace/patterns";
 * import { sleep } from "millrace/time";
 * await run(function* () {
 *   const ticks = generate(function* () {
 *     for (let i = 1; ; i++) {
 *       yield* sleep(1);
 *       yield i;
 *     }
 *   });
 *   console.log(yield* ticks.recv(), yield* ticks.recv()); // 1 2
 * });
 * ```
 */
export function generate<Y>(
  fn: Local<(ctx: Context) => Generator<Y, unknown, unknown>>,
  options?: StreamOptions,
): Stream<Exclude<Y, Parked>>;
export function generate<T>(fn: Local<(ctx: Context) => Source<T>>, options?: StreamOptions): Stream<T>;
export function generate<T>(fn: (ctx: Context) => Source<T>, options: StreamOptions = {}): Stream<T> {
  callable("generate", fn);
  checkOptions("generate", options, "ctx");
  checkLocal("generate", fn);
  const [ctx, cancel] = withCancel(checkContext("generate", options.ctx) ?? background());
  const inlet = inletOfResult("generate", fn.name || "generate", fn(ctx));
  return new Generated("generate", inlet, ctx, cancel);
}
