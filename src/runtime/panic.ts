/**
 * All errors of the library, in Go's three tiers and Go's words.
 *
 * 1. Expected ends are values (`ok === false`) or sentinel errors (`context.Canceled`).
 * 2. Misuse is a `Panic` with Go's text. Thrown in a goroutine and not caught there, it ends the run.
 * 3. A state that cannot go on is a `FatalError`. It ends the run even if a `catch` swallows it.
 *
 * The `code` is what programs compare; texts are for people.
 */
import type { GoroutineInfo } from "./types.ts";

/** What a `Panic` can say, one code for each of Go's texts. */
export type PanicCode =
  | "SEND_ON_CLOSED"
  | "CLOSE_OF_CLOSED"
  | "CLOSE_OF_NIL"
  | "CHAN_SIZE"
  | "NEGATIVE_WAITGROUP"
  | "WAITGROUP_REUSED"
  | "TICKER_INTERVAL"
  | "WAITGROUP_BUBBLE"
  | "TIMER_BUBBLE"
  | "TICKER_RESET"
  | "NIL_CONTEXT"
  | "NIL_KEY"
  | "NIL_FUNCTION"
  | "SEMAPHORE_RELEASE"
  | "ERRGROUP_LIMIT"
  | "SHARED_MEMORY"
  | "SHARED_LOST"
  | "SHARED_CORRUPT"
  | "THREAD_DIED"
  | "JOB_LOST"
  | "LEASE_LOST"
  | "ACKED"
  | "CLOSED_FLEET";

/** What a `FatalError` can say. */
export type FatalCode = "DEADLOCK" | "LEAK" | "OUTSIDE" | "RACE" | "UNLOCK_OF_UNLOCKED" | "RUNLOCK_OF_UNLOCKED";

/** Any `code` of an error of this library. */
export type Code = PanicCode | FatalCode | "BAD_ARGUMENT" | "NOT_A_GOROUTINE" | "RUN_ENDED" | "BUBBLE" | "GOEXIT";

const TEXT = {
  SEND_ON_CLOSED: "send on closed channel",
  CLOSE_OF_CLOSED: "close of closed channel",
  CLOSE_OF_NIL: "close of nil channel",
  CHAN_SIZE: "makechan: size out of range",
  NEGATIVE_WAITGROUP: "sync: negative WaitGroup counter",
  WAITGROUP_REUSED: "sync: WaitGroup is reused before previous Wait has returned",
  WAITGROUP_BUBBLE: "sync: WaitGroup.Add called from inside and outside synctest bubble",
  TIMER_BUBBLE: "synctest timer accessed from outside bubble",
  TICKER_INTERVAL: "non-positive interval for NewTicker",
  TICKER_RESET: "non-positive interval for Ticker.Reset",
  NIL_CONTEXT: "cannot create context from nil parent",
  NIL_KEY: "nil key",
  NIL_FUNCTION: "go of nil func value",
  SEMAPHORE_RELEASE: "semaphore: released more than held",
  ERRGROUP_LIMIT: "errgroup: modify limit while goroutines in the group are still active",
  SHARED_MEMORY: "out of shared memory",
  SHARED_LOST: "lost with the thread that was using it",
  SHARED_CORRUPT: "shared memory was overwritten",
  THREAD_DIED: "thread died",
  JOB_LOST: "goroutine lost with its thread",
  LEASE_LOST: "the lease on the message has ended",
  ACKED: "the message is settled already",
  CLOSED_FLEET: "the fleet is closed",
} as const satisfies Record<PanicCode, string>;

/**
 * A programmer's error, with Go's text and a literal `code`: sending on a closed channel, closing one twice.
 *
 * @example
 * ```ts
 * import { chan, Panic } from "millrace";
 * const ch = chan<number>();
 * ch.close();
 * try { ch.close(); } catch (e) { console.log(e instanceof Panic && e.code); } // CLOSE_OF_CLOSED
 * ```
 */
export class Panic extends Error {
  /** Which of Go's texts this is, to compare with. */
  readonly code: PanicCode;

  /**
   * @param code which of Go's texts it says
   * @param detail what was given and what was expected, added to Go's text in brackets
   */
  constructor(code: PanicCode, detail?: string) {
    super(detail === undefined ? TEXT[code] : `${TEXT[code]} (${detail})`);
    this.code = code;
  }

  override get name(): string {
    return "Panic";
  }
}

/** A state that cannot go on: the run is over, whatever catches this. */
export class FatalError extends Error {
  /** Why the run can't go on, to compare with. */
  readonly code: FatalCode;

  constructor(code: FatalCode, message: string) {
    super(message);
    this.code = code;
  }

  override get name(): string {
    return "FatalError";
  }
}

/**
 * All goroutines are asleep: none can ever run again, and main has not returned.
 *
 * `goroutines` says for each where it stands and what it waits for; `message` holds the same as Go prints it.
 */
export class DeadlockError extends FatalError {
  readonly #goroutines: readonly GoroutineInfo[];

  constructor(headline: string, goroutines: readonly GoroutineInfo[], dump: string) {
    super("DEADLOCK", dump === "" ? headline : `${headline}\n\n${dump}`);
    this.#goroutines = goroutines;
    this.stack = String(this); // nobody's code is to blame but the goroutines', and the message has their stacks
  }

  /** Every goroutine of the run: where it stands and what it waits for. */
  get goroutines(): readonly GoroutineInfo[] {
    return this.#goroutines;
  }

  override get name(): string {
    return "DeadlockError";
  }
}

/** Goroutines were still there when their run ended, and the run was asked to check (`leaks`). */
export class LeakError extends FatalError {
  readonly #goroutines: readonly GoroutineInfo[];

  constructor(goroutines: readonly GoroutineInfo[], dump: string) {
    const n = goroutines.length;
    super("LEAK", `${n} goroutine${n === 1 ? "" : "s"} leaked\n\n${dump}`);
    this.#goroutines = goroutines;
    this.stack = String(this);
  }

  /** Those that were left: where they stand and what they wait for. */
  get goroutines(): readonly GoroutineInfo[] {
    return this.#goroutines;
  }

  override get name(): string {
    return "LeakError";
  }
}

/**
 * A goroutine of a bubble waits for something outside of it: a promise that the host has to settle, a stream, a channel
 * of another run. Time in the bubble can't bring that. `goroutines` says who waits, and where.
 */
export class OutsideError extends FatalError {
  readonly #goroutines: readonly GoroutineInfo[];

  /** @param hints what else is known, a line each */
  constructor(goroutines: readonly GoroutineInfo[], dump: string, hints: readonly string[]) {
    const n = goroutines.length;
    const who = n === 1 ? "a goroutine waits" : `${n} goroutines wait`;
    super("OUTSIDE", [`bubble: ${who} for something outside of the bubble`, ...hints, "", dump].join("\n"));
    this.#goroutines = goroutines;
    this.stack = String(this);
  }

  /** Those that wait: where they stand and what for. */
  get goroutines(): readonly GoroutineInfo[] {
    return this.#goroutines;
  }

  override get name(): string {
    return "OutsideError";
  }
}

/** One access to a value that `race` watches. */
export interface Access {
  /** What was done to it. */
  readonly kind: "read" | "write";
  /** Who did it: its number in its run, and the name of its function. */
  readonly goroutine: { readonly id: number; readonly name: string };
  /** Where it happened, as Go prints it. */
  readonly stack: string;
}

/** Two goroutines accessed the same thing, one of them to write, and nothing orders the two accesses. */
export class RaceError extends FatalError {
  readonly #accesses: readonly [Access, Access];
  /** What was accessed, such as `counter.n`. */
  readonly what: string;

  /** @param missing what would have ordered them */
  constructor(what: string, accesses: readonly [Access, Access], missing: string) {
    const [first, second] = accesses.map(({ kind, goroutine: { id, name }, stack }, i) => {
      const verb = i === 0 ? (kind === "read" ? "had read" : "had written") : kind === "read" ? "reads" : "writes";
      return `goroutine ${id} (${name}) ${verb} it at\n${stack}`;
    });
    super("RACE", `data race on ${what}\n\n${second}\n\n${first}\n\n${missing}`);
    this.#accesses = accesses;
    this.what = what;
    this.stack = String(this);
  }

  /** The earlier and the later one. */
  get accesses(): readonly [Access, Access] {
    return this.#accesses;
  }

  override get name(): string {
    return "RaceError";
  }
}

/** `settle` outside of a bubble, a bubble inside of another, or one whose time can't go on because goroutines poll. */
export class BubbleError extends Error {
  /** Always the same, to compare with. */
  readonly code = "BUBBLE";

  override get name(): string {
    return "BubbleError";
  }
}

/** A bad argument: the message names the value and says what was expected. */
export class ArgumentError extends TypeError {
  /** Always the same, to compare with. */
  readonly code = "BAD_ARGUMENT";
}

/** An operation was performed with `yield*` where no goroutine runs. */
export class NotInGoroutineError extends Error {
  /** Always the same, to compare with. */
  readonly code = "NOT_A_GOROUTINE";

  constructor() {
    super(
      "yield* on an operation works only inside a goroutine (a generator started with go, run or main); elsewhere use await",
    );
  }
}

/**
 * Async code awaits an operation on something of another run (its channel, lock, pool, goroutine), and that run has ended:
 * none of its goroutines is left to complete the operation.
 */
export class RunEndedError extends Error {
  /** Always the same, to compare with. */
  readonly code = "RUN_ENDED";

  constructor(name: string, reason: string) {
    const run = name === "" ? "the run" : `the run "${name}"`;
    super(`${reason}: ${run} in which this was made has ended; make what is to outlive a run outside of it`);
  }

  override get name(): string {
    return "RunEndedError";
  }
}

/** What `runtime.goexit()` throws, once, to end its goroutine. `finally` blocks run whole; a `catch` should throw it again. */
export class Goexit extends Error {
  /** Always the same, to compare with. */
  get code(): "GOEXIT" {
    return "GOEXIT";
  }

  constructor() {
    super("runtime.Goexit called");
  }

  override get name(): string {
    return "Goexit";
  }
}

/** Shows a value in an error message, short. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name === "" ? "a function" : `function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  if ("recvOk" in value) return "a channel";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name;
  return name === undefined || name === "" || name === "Object"
    ? "an object"
    : `${/^[AEIO]/i.test(name) ? "an" : "a"} ${name}`;
}
