/**
 * One call at a time for each key (golang.org/x/sync/singleflight).
 *
 * Invariant: a flight is in the map from the call of its function until it has landed or was forgotten; who asks for its
 * key meanwhile joins it. A forgotten flight still lands for those who joined it. One whose run is over never lands, so
 * nobody joins it any more.
 */
import { chan } from "../chan/make.ts";
import type { Chan, RecvChan } from "../chan/types.ts";
import { Action, call } from "../runtime/action.ts";
import { runtime } from "../runtime/api.ts";
import { callable } from "../runtime/args.ts";
import type { Body } from "../runtime/body.ts";
import { m } from "../runtime/m.ts";
import { type NameOptions, named } from "../runtime/named.ts";
import { Goexit } from "../runtime/panic.ts";
import type { P } from "../runtime/proc.ts";
import type { Result } from "../runtime/run.ts";
import type { Go } from "../runtime/types.ts";
import { WaitGroup } from "./waitgroup.ts";

/** What `do` gives. */
export interface Shared<out T> {
  /** What the one call has returned: the same object for all who share it. */
  readonly value: T;
  /** Whether the value was given to more than one caller. */
  readonly shared: boolean;
}

/** What `doChan` sends: the value, or what the function threw. */
export type FlightResult<T> =
  | { readonly value: T; readonly error?: undefined; readonly shared: boolean }
  | { readonly value?: undefined; readonly error: unknown; readonly shared: boolean };

class Flight {
  readonly p: P = m.current();
  readonly landed: WaitGroup;
  readonly chans: Chan<FlightResult<unknown>>[] = [];
  outcome: { readonly value: unknown } | { readonly error: unknown } | undefined;
  /** Callers that came while it was under way. */
  joined = 0;

  constructor(options: NameOptions) {
    this.landed = new WaitGroup(options);
    this.landed.add(1);
  }
}

/**
 * Keeps several callers from doing the same work at once: while a call for a key is under way, others for that key wait
 * for its result instead of making their own.
 * Source: https://pkg.go.dev/golang.org/x/sync/singleflight
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { SingleFlight, WaitGroup } from "millrace/sync";
 * await run(function* () {
 *   const flights = new SingleFlight<string>();
 *   const wg = new WaitGroup();
 *   let calls = 0;
 *   for (let i = 0; i < 3; i++) {
 *     wg.go(function* () {
 *       const { value, shared } = yield* flights.do("answer", async () => (calls++, 42));
 *       console.log(value, shared); // 42 true
 *     });
 *   }
 *   yield* wg.wait();
 *   console.log(calls); // 1
 * });
 * ```
 */
export class SingleFlight<K = unknown> {
  readonly #flights = new Map<K, Flight>();
  /** Those that follow one that is under way. */
  readonly #next = new Map<K, Flight>();
  readonly #options: NameOptions;

  /**
   * Makes one with no call under way.
   *
   * @param options `name`, for dumps, traces and the inspector
   * @throws ArgumentError when that is not a string
   */
  constructor(options: NameOptions = {}) {
    named("new SingleFlight", options);
    this.#options = options;
  }

  /**
   * Calls `fn`, or joins the call for this key that is under way, and gives its result.
   *
   * Blocks until that call has returned. What it throws is thrown to all its callers; when it leaves by `goexit`, so do
   * they. Can't be a case of a select: use `doChan` for that.
   * Source: https://pkg.go.dev/golang.org/x/sync/singleflight#Group.Do
   *
   * @param key compared as in a `Map`
   * @param fn a generator, async or plain function; those who use the same key should pass functions of one result type
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   */
  do<X>(key: K, fn: () => X): Action<Shared<Result<X>>> {
    callable("SingleFlight.do", fn);
    return new Action("SingleFlight.do", () => this.#do(key, fn) as Go<Shared<Result<X>>>);
  }

  *#do(key: K, fn: () => unknown): Go<Shared<unknown>> {
    let flight = this.#join(key);
    if (flight === undefined) {
      flight = this.#start(key);
      yield* singleFlight(this.#flights, flight, key, fn);
    } else yield* flight.landed.wait();
    return yield* landing(flight);
  }

  /**
   * Like `do`, but a call that is under way is not enough: it began before this one was asked for. After it `fn` is called once
   * more, for all who asked meanwhile; the first one's `fn` is. So what is saved or loaded is never older than the asking.
   *
   * Blocks until that call has returned. What it throws is thrown to all who share it. Can't be a case of a select.
   *
   * @param key compared as in a `Map`
   * @param fn a generator, async or plain function
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   */
  again<X>(key: K, fn: () => X): Action<Shared<Result<X>>> {
    callable("SingleFlight.again", fn);
    return new Action("SingleFlight.again", () => this.#again(key, fn) as Go<Shared<Result<X>>>);
  }

  *#again(key: K, fn: () => unknown): Go<Shared<unknown>> {
    let next = this.#next.get(key);
    if (next !== undefined && !next.p.over) {
      next.joined++;
      yield* next.landed.wait();
      return yield* landing(next);
    }
    if (!this.#flies(key)) return yield* this.#do(key, fn);
    next = new Flight(this.#options);
    this.#next.set(key, next);
    while (this.#flies(key)) yield* (this.#flights.get(key) as Flight).landed.wait();
    this.#next.delete(key);
    this.#flights.set(key, next);
    yield* singleFlight(this.#flights, next, key, fn);
    return yield* landing(next);
  }

  /**
   * Like `do`, and gives a channel at once that receives the result when it is there; it is never closed.
   *
   * Never blocks. `fn` runs in a goroutine of its own, so the channel may be a case of a select, and need not be read.
   * Source: https://pkg.go.dev/golang.org/x/sync/singleflight#Group.DoChan
   *
   * @param key compared as in a `Map`
   * @param fn a generator, async or plain function
   * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
   */
  doChan<X>(key: K, fn: () => X): RecvChan<FlightResult<Result<X>>> {
    callable("SingleFlight.doChan", fn);
    const ch = chan<FlightResult<unknown>>(1);
    let flight = this.#join(key);
    if (flight === undefined) {
      flight = this.#start(key);
      m.current().go(singleFlight as Body, [this.#flights, flight, key, fn], m.curg);
    }
    flight.chans.push(ch);
    return ch as RecvChan<FlightResult<unknown>> as RecvChan<FlightResult<Result<X>>>;
  }

  /**
   * Forgets a key: the next call for it calls its function, even if one is under way. Never blocks.
   * Source: https://pkg.go.dev/golang.org/x/sync/singleflight#Group.Forget
   *
   * @param key compared as in a `Map`
   */
  forget(key: K): void {
    this.#flights.delete(key);
  }

  /** Whether a call for the key is under way. */
  #flies(key: K): boolean {
    return this.#flights.get(key)?.p.over === false;
  }

  #join(key: K): Flight | undefined {
    if (!this.#flies(key)) return undefined;
    const flight = this.#flights.get(key) as Flight;
    flight.joined++;
    return flight;
  }

  #start(key: K): Flight {
    const flight = new Flight(this.#options);
    this.#flights.set(key, flight);
    return flight;
  }
}

/** What a flight that has landed is to one of its callers. */
function* landing({ outcome, joined }: Flight): Go<Shared<unknown>> {
  if (outcome === undefined) return yield* runtime.goexit();
  if ("error" in outcome) throw outcome.error;
  return { value: outcome.value, shared: joined > 0 };
}

/** Makes the call of a flight and tells everyone. */
function* singleFlight(flights: Map<unknown, Flight>, flight: Flight, key: unknown, fn: () => unknown): Go {
  try {
    flight.outcome = { value: yield* call(fn, []) };
  } catch (error) {
    if (error instanceof Goexit) throw error;
    flight.outcome = { error };
  } finally {
    if (flights.get(key) === flight) flights.delete(key);
    flight.landed.done();
    const { outcome } = flight;
    if (outcome !== undefined) {
      for (const ch of flight.chans) ch.trySend({ ...outcome, shared: flight.joined > 0 });
    }
  }
}
