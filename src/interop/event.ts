/** Channels of events: an `EventTarget`'s or an `EventEmitter`'s. */
import { oneOf, unexpected } from "../runtime/args.ts";
import { ArgumentError } from "../runtime/panic.ts";
import { checkSource, Feed, type Source, type SourceOptions } from "./feed.ts";

/** Node's `EventEmitter`, as far as it is needed here. */
export interface Emitter {
  /**
   * Adds a listener.
   *
   * @param event the event's name
   * @param listener called with what was emitted along with the event
   */
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown;
  /**
   * Removes a listener.
   *
   * @param event the event's name
   * @param listener the one that was added
   */
  off(event: string | symbol, listener: (...args: unknown[]) => void): unknown;
}

/** Options of `fromEvent`. */
export interface EventOptions extends SourceOptions {
  /** How many events wait for a receiver: a whole number, 16 by default. */
  readonly capacity?: number | undefined;
  /**
   * What happens to an event that finds no room, since nobody can hold back whoever emits it. `"fail"`, the default: the
   * channel fails with an `OverflowError`, so that no event is lost unnoticed. `"drop"`: it is lost. `"latest"`: the oldest
   * that waits is lost instead, so there must be room for one.
   */
  readonly overflow?: "fail" | "drop" | "latest" | undefined;
}

/** Events came faster than they were received. */
export class OverflowError extends Error {
  /** Always the same, to compare with. */
  readonly code = "OVERFLOW";

  constructor(event: string, capacity: number) {
    super(`fromEvent: ${capacity} events "${event}" wait already; receive faster, or choose a capacity or an overflow`);
  }

  override get name(): string {
    return "OverflowError";
  }
}

/**
 * A channel of events: of the `Event` objects of an `EventTarget`, or of the arrays of arguments of an `EventEmitter`.
 *
 * It listens from now on, and until `stop()`, the end of a `using` block, of a `for await`, of `ctx` or of the run. An
 * emitter's "error" event (unless it is the one asked for) fails the channel: receivers get what waits, then the error.
 *
 * @param target where the events come from
 * @param event the event's name
 * @param options `capacity`, how many events wait (16); `overflow`, what happens to one more; `ctx`, a context to end it
 * @throws ArgumentError when `target` is neither, or an option is none of these; Panic NIL_CONTEXT when `ctx` is null
 *
 * @example
 * ```ts
 * import { fromEvent } from "millrace/interop";
 * const target = new EventTarget();
 * using clicks = fromEvent(target, "click");
 * target.dispatchEvent(new Event("click"));
 * const event = await clicks.recv();
 * console.log(event?.type); // click
 * ```
 */
export function fromEvent<E extends Event = Event>(
  target: EventTarget,
  event: string,
  options?: EventOptions,
): Source<E>;
export function fromEvent<A extends unknown[] = unknown[]>(
  target: Emitter,
  event: string | symbol,
  options?: EventOptions,
): Source<A>;
export function fromEvent(
  target: EventTarget | Emitter,
  event: string | symbol,
  options: EventOptions = {},
): Source<unknown> {
  checkSource("fromEvent", options);
  const { overflow = "fail", capacity = 16 } = options;
  oneOf("fromEvent: overflow", overflow, ["fail", "drop", "latest"]);
  if (overflow === "latest" && capacity === 0) {
    throw new ArgumentError('fromEvent: overflow "latest" needs a capacity of 1 or more, got 0');
  }
  if (typeof event !== "string" && typeof event !== "symbol") {
    throw unexpected("fromEvent", "the name of an event", event);
  }
  const listen = listening(target, event);
  let unlisten = (): void => {};
  const letGo = (): void => unlisten();
  const feed = new Feed<unknown>("fromEvent", { ...options, capacity }, () => {}, letGo);
  const broken = (error: unknown): void => {
    unlisten();
    feed.fail(error);
  };
  const heard = (value: unknown): void => {
    if (feed.wanted) feed.offer(value);
    else if (overflow === "fail") broken(new OverflowError(String(event), capacity));
    else if (overflow === "latest") {
      feed.drop();
      feed.offer(value);
    }
  };
  if (!feed.ended) unlisten = listen(heard, broken);
  return feed;
}

type Listen = (heard: (value: unknown) => void, broken: (error: unknown) => void) => () => void;

function listening(target: EventTarget | Emitter, event: string | symbol): Listen {
  const given = target as Partial<EventTarget & Emitter> | null | undefined;
  if (typeof given?.addEventListener === "function") {
    return (heard) => {
      const events = target as EventTarget;
      events.addEventListener(event as string, heard);
      return () => events.removeEventListener(event as string, heard);
    };
  }
  if (typeof given?.on === "function" && typeof given.off === "function") {
    return (heard, broken) => {
      const emitter = target as Emitter;
      const listener = (...args: unknown[]): void => heard(args);
      emitter.on(event, listener);
      if (event !== "error") emitter.on("error", broken);
      return () => {
        emitter.off(event, listener);
        if (event !== "error") emitter.off("error", broken);
      };
    };
  }
  throw unexpected("fromEvent", "an EventTarget or an EventEmitter", target);
}
