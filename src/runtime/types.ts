/**
 * What a program sees of the runtime, as types alone. This file imports nothing, so that the declarations of a public entry
 * hold what a program may use and nothing of the engine behind it. What makes an operation is `Operation`, in `op.ts`.
 *
 * Rejected: the class itself as the public type. An editor then offered `attempt` and `enqueue` on every operation, and the
 * declarations of `chan` led to the scheduler, its timers and its waiters.
 */

/** Marks an operation, in types and at run time. */
export const OP: unique symbol = Symbol.for("millrace operation") as never;

/** What an attempt answers when it cannot complete without blocking. */
export const NO: unique symbol = Symbol.for("millrace would block") as never;
export type NO = typeof NO;

/** What a goroutine's generator yields to the scheduler. Only operations make one, so `yield*` an operation. */
export interface Parked {
  /** What a compiler says is missing where an operation is yielded without the star. */
  readonly "write yield*, with the star": true;
}

/** The type of a goroutine's body: `function* worker(): Go<void> { … }`. */
export type Go<R = void> = Generator<Parked, R, unknown>;

/**
 * Something that can block and then gives a `T`: sending, receiving, sleeping, locking, waiting, selecting.
 *
 * Creating one does nothing. Perform it with `yield*` inside a goroutine, with `await` anywhere, or make it a case of a
 * `select`. It can be performed any number of times; each performance is a new attempt.
 *
 * @example
 * ```ts
 * import { chan, go, run } from "millrace";
 * await run(function* () {
 *   const ch = chan<string>();
 *   go(function* () { yield* ch.send("ping"); });
 *   console.log(yield* ch.recv()); // ping
 * });
 * ```
 */
export interface Op<out T> extends PromiseLike<T> {
  /** Tells it from what can only be performed, such as an `Action`. */
  readonly [OP]: true;

  [Symbol.iterator](): Iterator<Parked, T, unknown>;

  /**
   * Performs it, which is what `await` does. Each call is a performance of its own.
   *
   * @param onDone gets what the operation gives
   * @param onError gets what it throws or panics with
   */
  then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B>;
}

/** What `go` gives: a goroutine that was started. It is not a promise, because starting one and walking away is normal. */
export interface Goroutine<out R = unknown> {
  /** Its number, from 1 (main) up, unique in its run. */
  readonly id: number;
  /** The name of its function. */
  readonly name: string;
  /**
   * Waits until the goroutine has ended.
   *
   * Blocks until then. Gives what its function returned, `undefined` after `runtime.goexit()`. Throws what the goroutine
   * panicked with where that did not end its run: in the default run, and where `onPanic` decides so.
   */
  join(): Op<R>;
}

/**
 * Why a goroutine waits, in Go's words where Go has them; what is added to the library with `millrace/op` has
 * `KIND.VERB`.
 */
export type WaitReason = KnownReason | (string & {});

type KnownReason =
  | "chan receive"
  | "chan receive (nil chan)"
  | "chan send"
  | "chan send (nil chan)"
  | "select"
  | "select (no cases)"
  | "sleep"
  | "sync.Mutex.Lock"
  | "sync.RWMutex.RLock"
  | "sync.RWMutex.Lock"
  | "sync.WaitGroup.Wait"
  | "sync.Cond.Wait"
  | "semacquire"
  | "errgroup"
  | "rate limit"
  | "join"
  | "promise"
  | "await"
  | "runtime.Gosched"
  | "runtime.Goexit"
  | "settle"
  | "bubble";

/** What is known of one goroutine. */
export interface GoroutineInfo {
  /** Its number in its run: main is 1. */
  readonly id: number;
  /** The name of its function. */
  readonly name: string;
  /** Whether it runs, could run, or waits. */
  readonly state: "running" | "runnable" | "waiting";
  /** What it waits for; undefined unless waiting. */
  readonly reason: WaitReason | undefined;
  /** When it began to wait, in milliseconds since 1970, to about a millisecond of the scheduler's clock. */
  readonly since: number | undefined;
  /** Its frames, innermost first, as Go prints them: `name()`, then a line with a tab, file, line and column. */
  readonly stack: string;
  /** Who started it; undefined for main and for what the host started. `site` only in debug mode. */
  readonly createdBy: { readonly id: number; readonly name: string; readonly site?: string } | undefined;
  /** The channel it waits for. */
  readonly channel?: { readonly id: number; readonly name: string | undefined };
  /** What else it waits for: `WorkerPool 1 (resize)`, the name of a lock or a group, a counter, the cases of a select. */
  readonly thing?: string;
  /** The goroutine that holds the lock it waits for, where that is known; of several readers the first. */
  readonly holder?: { readonly id: number; readonly name: string };
  /** All readers that hold the lock it waits for, where there are several. */
  readonly holders?: readonly { readonly id: number; readonly name: string }[];
  /** The thread it is on, where that is not the one that runs main: a number from 1 up. */
  readonly thread?: number;
}

/** The goroutine that has panicked, or the worker whose job has failed: where it stood, and who started it. */
export interface PanickedGoroutine extends Pick<GoroutineInfo, "id" | "name" | "stack" | "createdBy" | "thread"> {
  /** The number of a pool's job that has failed and that nothing has joined. Its worker has gone on. */
  readonly job?: number;
}

/**
 * Is told of a panic, and decides what ends: `"goroutine"`, that goroutine alone; `"run"` or nothing, what ends without a
 * handler, its run, or in the default run the process, by an uncaught exception of the host.
 *
 * @param error what the goroutine threw
 * @param goroutine which one it was, where it stood, and who started it
 */
export type PanicHandler = (error: unknown, goroutine: PanickedGoroutine) => "goroutine" | "run" | void;

/** What `runtime.threads` gives. */
export interface ThreadsInfo {
  /** The most threads that run parallel functions, besides the first one; 1 where they run on the first one. */
  readonly count: number;
  /** How many of them there are now: they start with the first parallel goroutine, and end with the last run. */
  readonly alive: number;
  /** How many of those have a goroutine that has begun and not ended. */
  readonly busy: number;
  /** Why parallel functions run on the first thread; `undefined` where they do not. */
  readonly why: string | undefined;
}

/** What the events say of a thing. */
export interface ToldThing {
  /** What it is: `"chan"`, `"Mutex"`. */
  readonly kind: string;
  /** Its number among its kind, on its thread; 0 where it has none. */
  readonly id: number;
  /** The run it belongs to; 0 where it belongs to none. A goroutine's number is unique in its run. */
  readonly run: number;
}

/** What the events say of something that is waited for. */
export interface AwaitedThing {
  /** What is to be done: `"receive"`, `"lock"`. */
  readonly verb: string;
  /** The thing it is to be done with; null where it is none that the runtime knows, or several. */
  readonly on: ToldThing | null;
  /** The same for people. */
  readonly reason: WaitReason;
  /** The channel's number, 0 where it is something else. */
  readonly chan: number;
  /** What else it is, by the name under which the events know it: "Mutex 3", "goroutine 1.7" (the run and the number). */
  readonly what?: string;
}
