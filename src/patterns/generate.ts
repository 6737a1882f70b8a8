/**
 * A goroutine that yields values, as a channel.
 *
 * Its function is a generator in which `yield* op` performs an operation and a plain `yield` gives a value. They are told
 * apart by identity: an operation that waits makes the generator yield what `isParked`. A goroutine runs it from
 * the moment a value is wanted until it gives one, no longer; so a channel that is dropped leaves a suspended generator
 * behind, and nothing that runs or waits. It is not unwound either: see docs/decisions/0005-no-goroutine-is-unwound.md.
 */
import { withCancel } from "../context/cancel.ts";
import { background } from "../context/roots.ts";
import type { CancelFunc, Context } from "../context/types.ts";
import { checkCallable } from "../runtime/action.ts";
import { type Body, next } from "../runtime/body.ts";
import { m } from "../runtime/m.ts";
import { type Go, isParked, Op, PARKED, type Parked } from "../runtime/op.ts";
import { ArgumentError, Goexit } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import { Merge } from "./merge.ts";
import { AskedInlet, type Inlet, inletOf, type Source } from "./source.ts";
import { checkContext, type Stream, type StreamOptions } from "./stream.ts";

/** One stretch of the generator: until it gives a value or ends. */
class Stretch<T> implements Iterable<Parked, IteratorResult<T, unknown>> {
  readonly #gen: Iterator<T | Parked, unknown, unknown>;

  constructor(gen: Iterator<T | Parked, unknown, unknown>) {
    this.#gen = gen;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Parked, IteratorResult<T, unknown>> {
    const result = this.#gen.next();
    return isParked(result) ? PARKED : { done: true, value: result as IteratorResult<T, unknown> };
  }
}

/** What a generator that performs operations yields. */
class GenInlet<T> extends AskedInlet<T> {
  readonly #p: P = m.current();
  readonly #drive: Body;

  constructor(name: string, gen: Iterator<T | Parked, unknown, unknown>) {
    super();
    const stretch = new Stretch(gen);
    const self = this;
    const named = {
      *[name](): Go {
        try {
          const { done, value } = yield* stretch;
          if (done) self.closed();
          else if (value instanceof Op)
            self.threw(new ArgumentError(`${name}: yielded an operation; write yield* before it`));
          else self.gave(value);
        } catch (error) {
          if (!(error instanceof Goexit)) return self.threw(error);
          self.closed();
          throw error;
        }
      },
    };
    this.#drive = named[name] as Body;
  }

  protected override ask(): void {
    this.#p.go(this.#drive, [], m.curg);
  }
}

/** What a function made: a generator that may perform operations, or any source. */
export function inletOfResult<T>(where: string, name: string, made: Source<T>): Inlet<T> {
  return (made as Partial<Iterator<T>> | null)?.next === next
    ? new GenInlet(name, made as unknown as Iterator<T | Parked, unknown, unknown>)
    : inletOf(where, made);
}

class Generated<T> extends Merge<T> {
  readonly #cancel: CancelFunc;

  constructor(inlet: Inlet<T>, options: StreamOptions, cancel: CancelFunc) {
    super("generate", [inlet], options);
    this.#cancel = cancel;
  }

  protected override release(): void {
    this.#cancel();
  }
}

/**
 * A channel of the values that a function yields. In a `function*`, `yield* op` performs an operation and a plain `yield`
 * gives a value; an `async function*` awaits; any other function may return an iterable, async iterable or channel.
 *
 * It runs only as far as values are received. The channel closes when the function returns, or when the context is done,
 * which the function sees as the context it is given; it is then not run any further, and its `finally` blocks are not
 * run. What it throws ends it, and every receive throws it then.
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
  fn: (ctx: Context) => Generator<Y, unknown, unknown>,
  options?: StreamOptions,
): Stream<Exclude<Y, Parked>>;
export function generate<T>(fn: (ctx: Context) => Source<T>, options?: StreamOptions): Stream<T>;
export function generate<T>(fn: (ctx: Context) => Source<T>, options: StreamOptions = {}): Stream<T> {
  checkCallable("generate", fn);
  const [ctx, cancel] = withCancel(checkContext("generate", options.ctx) ?? background());
  const inlet = inletOfResult("generate", fn.name || "generate", fn(ctx));
  return new Generated(inlet, options, cancel);
}
