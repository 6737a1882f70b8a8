/** Doing something now and then (golang.org/x/time/rate's `Sometimes`). */
import { Action, call } from "../runtime/action.ts";
import { callable, checkOptions, millis, whole } from "../runtime/args.ts";
import { current } from "../runtime/proc.ts";
import type { Go } from "../runtime/types.ts";
import { Mutex } from "./mutex.ts";

/** When a `Sometimes` calls its function. Of several rules any one will do; without a rule only the first call counts. */
export interface SometimesOptions {
  /** The first so many calls. */
  readonly first?: number | undefined;
  /** The first call and each so many calls after it. */
  readonly every?: number | undefined;
  /** When so many milliseconds have passed since the function was called last. */
  readonly interval?: number | undefined;
}

/**
 * Calls a function now and then: the first few times, every so many times, every so often. For a log line in a busy loop.
 * Source: https://pkg.go.dev/golang.org/x/time/rate#Sometimes
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { Sometimes } from "millrace/sync";
 * await run(function* () {
 *   const sometimes = new Sometimes({ first: 1, every: 3 });
 *   for (let i = 0; i < 7; i++) yield* sometimes.do(() => console.log("still here", i));
 *   // still here 0, still here 3, still here 6
 * });
 * ```
 */
export class Sometimes {
  readonly #first: number;
  readonly #every: number;
  readonly #interval: number;
  readonly #mu = new Mutex();
  #count = 0;
  #last = 0;

  /**
   * Makes one that has not been called yet.
   *
   * @param options `first`, `every`: whole numbers of calls; `interval`: milliseconds
   * @throws ArgumentError when they are not that
   */
  constructor(options: SometimesOptions = {}) {
    checkOptions("new Sometimes", options, "first, every, interval");
    const { first = 0, every = 0, interval = 0 } = options;
    this.#first = whole("new Sometimes: first", first, 0);
    this.#every = whole("new Sometimes: every", every, 0);
    millis("new Sometimes: interval", interval, -Infinity);
    this.#interval = interval;
  }

  /**
   * Calls `fn` if its time has come; the first time always.
   *
   * Blocks as long as `fn` takes, and while another call of this object does. Throws what `fn` throws; such a call counts
   * as none. Can't be a case of a select.
   * Source: https://pkg.go.dev/golang.org/x/time/rate#Sometimes.Do
   *
   * @param fn a generator, async or plain function
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is not a function
   */
  do(fn: () => unknown): Action<void> {
    callable("Sometimes.do", fn);
    return new Action("Sometimes.do", () => this.#do(fn));
  }

  *#do(fn: () => unknown): Go {
    const held = yield* this.#mu.lock();
    try {
      if (this.#due) {
        yield* call(fn, []);
        this.#last = current().clock.now();
      }
      this.#count++;
    } finally {
      held[Symbol.dispose]();
    }
  }

  get #due(): boolean {
    if (this.#count === 0 || this.#count < this.#first) return true;
    if (this.#every > 0 && this.#count % this.#every === 0) return true;
    return this.#interval > 0 && current().clock.now() - this.#last >= this.#interval;
  }
}
