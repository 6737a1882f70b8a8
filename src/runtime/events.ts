/**
 * What the runtime tells about itself: the one stream of typed events that the recorder, the inspector, exploration and
 * the leak checks stand on. With no listener, each place that emits costs one null check, which is why `emit` calls are
 * always guarded by `tap.listener !== null` where they stand.
 *
 * Events name goroutines and channels by number, so that a listener holds nothing alive.
 */

import { once } from "./copies.ts";
import type { G } from "./g.ts";
import { inspect, writeError } from "./host.ts";
import { m } from "./m.ts";
import type { P } from "./proc.ts";
import type { Thing } from "./thing.ts";
import type { AwaitedThing, ToldThing } from "./types.ts";

/** Where an event happened. */
interface At {
  /** The run. */
  readonly run: number;
  /** The goroutine in it; 0 where none is known: in a callback of the host, in an async function after an `await`. */
  readonly g: number;
  /** The run of the channel, lock or timer that it happened to, where that is another. */
  readonly home?: number;
  /** The thread, where that is not the one of the listener: channels, timers and runs have numbers of their own there. */
  readonly thread?: number;
  /** When it happened there, in milliseconds of the listener's monotonic clock, where it is told later. */
  readonly time?: number;
}

/**
 * One thing that happened.
 *
 * What an operation does to others comes after it: a send, then the goroutine it made ready. A goroutine runs from
 * `go-start` or `go-resume` to `go-park`, `go-yield`, `go-end` or `go-panic`. Those that a run leaves behind get no event
 * of their own when it ends.
 *
 * `At` says where it happened: the number of the run, `run`, and that of the goroutine in it, `g`, which is 0 where none is
 * known: in a callback of the host, in an async function after an `await`; and `home`, the run of the channel, lock or timer
 * that it happened to, where that is another. With `listen(…, { threads: true })` an event of
 * another thread has that one's number, `thread`, and `time`, when it happened there, in milliseconds of the listener's
 * monotonic clock. `AwaitedThing` says what is waited for: the `reason`, and the channel's number or another thing's name.
 */
export type RuntimeEvent =
  | { readonly kind: "run-start"; readonly run: number; readonly name: string }
  /** `error` is what ended it: a panic, a deadlock, a leak, an abort; undefined when main returned. */
  | { readonly kind: "run-end"; readonly run: number; readonly name: string; readonly error: unknown }
  | (At & {
      readonly kind: "go-create";
      readonly name: string;
      /** The goroutine that said `go`. */
      readonly by: number;
    })
  /** Its body begins; it goes on, after it was made ready or had yielded; it lets others run first; it has ended. */
  | (At & { readonly kind: "go-start" | "go-resume" | "go-yield" | "go-end" })
  /** `code` is that of the error where it happened on another thread, of which the error is a text here. */
  | (At & { readonly kind: "go-panic"; readonly error: unknown; readonly code?: string })
  | (At &
      AwaitedThing & {
        readonly kind: "go-park";
        /** The number of an `await`, of which many can be under way in one async function; 0 for a goroutine's own wait. */
        readonly wait: number;
        /** What a select waits for. */
        readonly cases?: readonly AwaitedThing[];
      })
  | (At & {
      readonly kind: "go-ready";
      /** The number of the `await` that is over; 0 for a goroutine's own wait. */
      readonly wait: number;
      /** The goroutine that ended the wait, and its run; 0 where it was the host. */
      readonly by: number;
      readonly byRun: number;
    })
  | (At & {
      readonly kind: "chan-make";
      readonly chan: number;
      readonly name: string | undefined;
      readonly capacity: number;
      /** It is for all threads. */
      readonly shared?: boolean;
    })
  | (At & {
      readonly kind: "chan-send" | "chan-recv";
      readonly chan: number;
      readonly value: unknown;
      /** Values in the buffer afterwards. */
      readonly length: number;
      /** Handed to a waiting partner, or taken from one, rather than through the buffer. */
      readonly direct: boolean;
      /** False for a receive from a channel that is closed and drained. */
      readonly ok: boolean;
    })
  | (At & { readonly kind: "chan-close"; readonly chan: number })
  /** The case that was taken, by name or index; "default" for none. */
  | (At & {
      readonly kind: "select";
      readonly case: string | number;
      /** All that it had, where an inspector wants to know. */
      readonly cases?: readonly (AwaitedThing & { readonly case: string | number })[];
    })
  | (At & {
      readonly kind: "timer-start" | "timer-stop" | "timer-fire";
      /** A number that a timer gets anew each time it is set. */
      readonly timer: number;
      /** When it is due, in milliseconds of its run's clock. */
      readonly when: number;
    })
  | (At & {
      readonly kind: "lock" | "unlock";
      /** What it is called: `Mutex 3`, and the name it was given. */
      readonly lock: string;
      readonly on: ToldThing;
    })
  /**
   * Where there is no lock and no channel: whoever releases hands over all that it has done so far to whoever acquires
   * the same thing later. The end of a goroutine is a release, too, and to join it an acquire.
   */
  | (At & { readonly kind: "release" | "acquire"; readonly what: string })
  /** What the program says of itself: a stretch of its work, and a line for the log. */
  | (At & { readonly kind: "region-start" | "region-end"; readonly name: string })
  | (At & { readonly kind: "log"; readonly category: string; readonly message: string });

/** Gets every event of the runtime, in order. */
export type Listener = (event: RuntimeEvent) => void;

/** Where the events go: to one listener, or to one that stands for several. */
export const tap: {
  listener: Listener | null;
  readonly all: Listener[];
  /** Those of them that are told of other threads too. */
  readonly everywhere: Listener[];
  /**
   * Called with each channel and group that is made while somebody listens: for an inspector, which looks into things of which events tell only what happened to them.
   */
  meet: ((thing: Thing) => void) | null;
} = once("tap", () => ({ listener: null, all: [], everywhere: [], meet: null }));

/** Sends one event to whoever listens. A listener that throws is cut off, so that watching never changes what is watched. */
export function emit(event: RuntimeEvent): void {
  const { listener } = tap;
  if (listener !== null) tell(listener, event);
}

/** Sends an event of another thread to those who want to know. */
export function emitElsewhere(event: RuntimeEvent): void {
  for (const listener of [...tap.everywhere]) tell(listener, event);
}

function tell(listener: Listener, event: RuntimeEvent): void {
  try {
    listener(event);
  } catch (error) {
    leave(listener);
    writeError(`millrace: the event listener threw and was removed: ${inspect(error)}\n`);
  }
}

function tellAll(event: RuntimeEvent): void {
  for (const listener of [...tap.all]) tell(listener, event);
}

function leave(listener: Listener): void {
  const at = tap.all.indexOf(listener);
  if (at >= 0) tap.all.splice(at, 1);
  const everywhere = tap.everywhere.indexOf(listener);
  if (everywhere >= 0) tap.everywhere.splice(everywhere, 1);
  choose();
}

function choose(): void {
  const [first = null, ...others] = tap.all;
  tap.listener = others.length > 0 ? tellAll : first;
}

/**
 * Follows what the runtime does until the returned function is called.
 *
 * Several may listen at a time; each gets every event, in the order in which they came.
 *
 * @param listener called with each event, synchronously; it must not start or perform operations
 * @param options `threads`: events of goroutines on other threads too, later, with the number of the thread
 *
 * @example
 * ```ts
 * import { chan, listen, run } from "millrace";
 * const seen: string[] = [];
 * const stop = listen((event) => seen.push(event.kind));
 * await run(function* () {
 *   yield* chan<number>(1).send(1);
 * });
 * stop();
 * console.log(seen.includes("chan-send")); // true
 * ```
 */
export function listen(listener: Listener, options: { readonly threads?: boolean | undefined } = {}): () => void {
  // A function of its own, so that one that listens twice can leave once.
  const mine: Listener = (event) => listener(event);
  tap.all.push(mine);
  if (options.threads === true) tap.everywhere.push(mine);
  choose();
  return () => leave(mine);
}

/** Where an event happens that `g` causes, by default the goroutine that runs now; `home` is its run where that is unknown. */
export function at(home: P, g: G | null = m.curg): Pick<At, "run" | "g" | "home"> {
  if (g === null) return { run: home.id, g: 0 };
  return g.p === home ? { run: home.id, g: g.id } : { run: g.p.id, g: g.id, home: home.id };
}

/** Tells of a release or an acquire by whoever runs now; to be called only when somebody listens. */
export function tellSync(kind: "release" | "acquire", home: P, what: string): void {
  emit({ kind, ...at(home), what });
}

/** Who ends a wait now. */
export function waker(): { readonly by: number; readonly byRun: number } {
  const g = m.curg;
  return g === null ? { by: 0, byRun: 0 } : { by: g.id, byRun: g.p.id };
}
