/**
 * What the runtime tells about itself: the one stream of typed events that the recorder, the inspector, exploration and
 * the leak checks stand on. There is one listener a thread; with none, each place that emits costs one null check, which
 * is why `emit` calls are always guarded by `tap.listener !== null` where they stand.
 *
 * Events name goroutines and channels by number, so that a listener holds nothing alive.
 */
import { inspect, writeError } from "./host.ts";
import type { WaitReason } from "./op.ts";

/** One thing that happened. `run` is the run it happened in, `g` the goroutine, 0 where none is known. */
export type RuntimeEvent =
  | { readonly kind: "run-start" | "run-end"; readonly run: number; readonly name: string }
  | {
      readonly kind: "go-create";
      readonly run: number;
      readonly g: number;
      readonly name: string;
      /** The goroutine that said `go`. */
      readonly by: number;
    }
  | { readonly kind: "go-start" | "go-end" | "go-yield"; readonly run: number; readonly g: number }
  | { readonly kind: "go-panic"; readonly run: number; readonly g: number; readonly error: unknown }
  | {
      readonly kind: "go-park";
      readonly run: number;
      readonly g: number;
      readonly reason: WaitReason;
      /** The channel it waits for, 0 where it waits for something else. */
      readonly chan: number;
    }
  | { readonly kind: "go-ready"; readonly run: number; readonly g: number; readonly by: number }
  | {
      readonly kind: "chan-make";
      readonly run: number;
      readonly chan: number;
      readonly name: string | undefined;
      readonly capacity: number;
    }
  | {
      readonly kind: "chan-send" | "chan-recv";
      readonly run: number;
      readonly g: number;
      readonly chan: number;
      readonly value: unknown;
      /** Values in the buffer afterwards. */
      readonly length: number;
      /** Handed to a waiting partner, or taken from one, rather than through the buffer. */
      readonly direct: boolean;
    }
  | { readonly kind: "chan-close"; readonly run: number; readonly g: number; readonly chan: number }
  | { readonly kind: "select"; readonly run: number; readonly g: number; readonly case: string | number }
  | { readonly kind: "timer-start" | "timer-stop" | "timer-fire"; readonly run: number; readonly when: number }
  | { readonly kind: "lock" | "unlock"; readonly run: number; readonly g: number; readonly lock: string };

/** Gets every event of the runtime, in order. */
export type Listener = (event: RuntimeEvent) => void;

/** Where the events go. */
export const tap: { listener: Listener | null } = { listener: null };

/** Sends one event to the listener. A listener that throws is cut off, so that watching never changes what is watched. */
export function emit(event: RuntimeEvent): void {
  try {
    tap.listener?.(event);
  } catch (error) {
    tap.listener = null;
    writeError(`millrace: the event listener threw and was removed: ${inspect(error)}\n`);
  }
}

/**
 * Follows what the runtime does until the returned function is called.
 *
 * @param listener gets every event, in order, synchronously; it must not start or perform operations
 * @throws Error when somebody listens already
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
export function listen(listener: Listener): () => void {
  if (tap.listener !== null) throw new Error("millrace: somebody listens to the runtime's events already");
  tap.listener = listener;
  return () => {
    if (tap.listener === listener) tap.listener = null;
  };
}
