/** Bubbles (Go's `testing/synctest`): a program on a clock of its own. What is judged there is in `bubble-clock.ts`. */

import { call } from "../../runtime/action.ts";
import { callable, millis } from "../../runtime/args.ts";
import type { Body } from "../../runtime/body.ts";
import type { Outcome } from "../../runtime/ending.ts";
import { m } from "../../runtime/m.ts";
import { NO, Operation } from "../../runtime/op.ts";
import type { RunOptions } from "../../runtime/options.ts";
import { BubbleError } from "../../runtime/panic.ts";
import { P } from "../../runtime/proc.ts";
import { checkRun, type Result } from "../../runtime/run.ts";
import type { Thing } from "../../runtime/thing.ts";
import { learnPlaces } from "../../runtime/traceback.ts";
import type { Go, Op } from "../../runtime/types.ts";
import { made } from "../../runtime/unused.ts";
import type { Waiter } from "../../runtime/waiter.ts";
import { BubbleClock } from "./bubble-clock.ts";

/** Options of `bubble`. */
export interface BubbleOptions extends Pick<RunOptions, "name" | "debug" | "asyncTimerChan"> {
  /** A 32-bit number that decides every choice in the bubble, such as which ready case a select takes; 1 by default. */
  readonly seed?: number | undefined;
  /** How long the bubble waits for the host, in milliseconds of real time, while a goroutine needs it; 0 by default. */
  readonly patience?: number | undefined;
}

const REASONS = { settle: "settle", rest: "bubble" };

/** Waits until the bubble is at rest. */
class RestOp extends Operation<void> {
  readonly #clock: BubbleClock;
  readonly #p: P;
  readonly #place: "settler" | "ending";

  constructor(clock: BubbleClock, p: P, place: "settler" | "ending") {
    super();
    this.#clock = clock;
    this.#p = p;
    this.#place = place;
  }

  override get verb(): string {
    return this.#place === "settler" ? "settle" : "rest";
  }

  override get on(): Thing {
    return { kind: "bubble", id: 0, name: undefined, p: this.#p, touches: null, reasons: REASONS };
  }

  override attempt(): NO {
    if (m.current().clock !== this.#clock) throw new BubbleError("settle: this is another bubble's");
    if (this.#clock[this.#place] !== null) throw new BubbleError("settle: somebody waits in settle already");
    return NO;
  }

  override enqueue(w: Waiter): void {
    this.#clock[this.#place] = w;
  }

  override dequeue(w: Waiter): void {
    if (this.#clock[this.#place] === w) this.#clock[this.#place] = null;
  }
}

/**
 * Runs `fn` in a bubble: as the main goroutine of a run with a clock of its own, which starts on 2000-01-01 at 00:00 UTC
 * and jumps to the next timer whenever every goroutine in the bubble is durably blocked. So hours pass in no time, and the
 * same way each time.
 *
 * The promise resolves to what `fn` returns, once all other goroutines of the bubble have ended; time does not move any
 * more while that is waited for. It rejects with what a goroutine throws; with a `DeadlockError` when nobody can go on and
 * no timer is pending; with a `BubbleError` when goroutines only poll, for two real seconds, while others wait for time; with a
 * `LeakError` when goroutines outlive `fn`; with an `OutsideError` when one waits for
 * something that only the host can bring, such as a request.
 *
 * Goroutines should be generators. Async functions work in the only run under way; beside another one, what they call after
 * an `await` (`go`, `sleep`, `now`) can't be told to be the bubble's.
 * Source: https://pkg.go.dev/testing/synctest#Test
 *
 * @param fn a generator, async or plain function
 * @param options `seed`; `patience`, real milliseconds to wait for the host; `name`, `debug`, `asyncTimerChan` as in `run`
 * @throws BubbleError in a goroutine of another bubble; ArgumentError for bad options
 *
 * @example
 * ```ts
 * import { bubble } from "millrace/testing";
 * import * as time from "millrace/time";
 * const slept = await bubble(function* () {
 *   const start = time.now();
 *   yield* time.sleep(24 * time.Hour);
 *   return time.since(start);
 * });
 * console.log(slept / time.Hour); // 24
 * ```
 */
export async function bubble<X>(fn: () => X, options: BubbleOptions = {}): Promise<Result<X>> {
  callable("bubble", fn);
  learnPlaces(bubble);
  checkRun("bubble", options);
  const { seed = 1, patience = 0 } = options;
  millis("bubble: patience", patience);
  if (m.current().clock instanceof BubbleClock) throw new BubbleError("bubble: this goroutine is in a bubble already");
  const p = new P({ ...options, seed, leaks: false });
  const rest = new RestOp(new BubbleClock(p, patience), p, "ending");
  const body = function* (): Go<unknown> {
    const result = yield* call(fn, []);
    if (p.allgs.length > 1) yield* rest;
    return result;
  };
  Object.defineProperty(body, "name", { value: fn.name });
  const outcome = await new Promise<Outcome>((resolve) => p.start(body as Body, resolve));
  if (!outcome.ok) throw outcome.error;
  return outcome.value as Result<X>;
}

/**
 * Waits until every other goroutine of the bubble is durably blocked: whatever can happen now has happened.
 *
 * Blocks until then; time does not move. One goroutine at a time.
 * Source: https://pkg.go.dev/testing/synctest#Wait
 *
 * @throws BubbleError outside of a bubble, or while somebody waits in `settle` already
 *
 * @example
 * ```ts
 * import { background, afterFunc, withCancel } from "millrace/context";
 * import { bubble, settle } from "millrace/testing";
 * await bubble(function* () {
 *   const [ctx, cancel] = withCancel(background());
 *   let called = false;
 *   afterFunc(ctx, () => { called = true; });
 *   yield* settle();
 *   console.log(called); // false
 *   cancel();
 *   yield* settle();
 *   console.log(called); // true
 * });
 * ```
 */
export function settle(): Op<void> {
  const p = m.current();
  if (!(p.clock instanceof BubbleClock)) throw new BubbleError("settle: works only in a bubble");
  return made(new RestOp(p.clock, p, "settler"));
}
