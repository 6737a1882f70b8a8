/**
 * The context that signals of the process cancel.
 *
 * It is asked each time (`polled`), because a loop that never yields keeps its listener from being called: the watchdog has
 * heard the signal all the same, so `err()` is right in such a loop, as in Go.
 */
import { hasSignals, isMainThread, microtask, type Signal, signalNumber } from "../runtime/host.ts";
import { m } from "../runtime/m.ts";
import { ArgumentError, show } from "../runtime/panic.ts";
import { onSignal, received, TAKES } from "../runtime/signals.ts";
import { cancelFunc } from "./cancel.ts";
import { CancelCtx } from "./cancel-ctx.ts";
import { Canceled, SignalError } from "./errors.ts";
import { hold } from "./hold.ts";
import { nodeOf } from "./parent.ts";
import { background } from "./roots.ts";
import type { CancelFunc, Context } from "./types.ts";

class NotifyCtx extends CancelCtx {
  /** The signals, and how often each had come when the context was made. */
  readonly #before: ReadonlyMap<Signal, number>;
  /** The one that came. */
  #got: Signal | null = null;
  /** Ends its listening, once. */
  #stop: (() => void) | null;

  constructor(parent: Context, up: CancelCtx | null, signals: readonly Signal[]) {
    super(parent, up, true);
    const stops = signals.map((signal) => onSignal(signal, TAKES, () => this.#take(signal)));
    m.signals++;
    this.#stop = () => {
      for (const stop of stops) stop();
      m.signals--;
    };
    this.#before = new Map(signals.map((signal) => [signal, received(signal)]));
    // To be told when what is above has ended.
    if (up !== null && up.err() === undefined) hold(this, null);
    else this.err();
  }

  override get label(): string {
    return `NotifyContext(${[...this.#before.keys()].join(", ")})`;
  }

  override overdue(): boolean {
    for (const [signal, before] of this.#before) if (received(signal) > before) this.#got ??= signal;
    return this.#got !== null;
  }

  override conclude(): void {
    if (this.up?.err() !== undefined) super.conclude();
    else {
      this.finish(Canceled, new SignalError(this.#got as Signal), this.p.clock.now());
      // Its listener may not have been called, and will not be any more.
      microtask(() => CancelCtx.ended(this));
    }
  }

  override finish(error: Error, reason: unknown, at: number): void {
    super.finish(error, reason, at);
    this.#stop?.();
    this.#stop = null;
  }

  #take(signal: Signal): void {
    this.#got ??= signal;
    CancelCtx.ended(this);
  }
}

/** Signals that no process can listen for. */
const UNSTOPPABLE: readonly string[] = ["SIGKILL", "SIGSTOP"];

function checkSignals(signals: readonly Signal[]): void {
  if (signals.length === 0) throw new ArgumentError('notifyContext: expected signals such as "SIGINT", got none');
  signals.forEach((signal, i) => {
    const expected = `notifyContext: signals[${i}]: expected the name of a signal such as "SIGINT", got ${show(signal)}`;
    if (typeof signal !== "string" || !signal.startsWith("SIG")) throw new ArgumentError(expected);
    if (UNSTOPPABLE.includes(signal)) throw new ArgumentError(`notifyContext: ${signal} can't be caught`);
    if (hasSignals() && signalNumber(signal) === undefined)
      throw new ArgumentError(`${expected}, which is not one here`);
  });
}

/**
 * Gives a context that ends when the process gets one of `signals`, with `stop`, which ends it early.
 *
 * The first signal cancels the context and gives all of its signals back to the host, so that a second Ctrl-C ends the process
 * at once. Its `err()` is `Canceled` and its cause a `SignalError`. A main goroutine that waits for it keeps the process
 * open. Where there is no process, as in a browser, no signal comes. Never blocks.
 * Source: https://pkg.go.dev/os/signal#NotifyContext
 *
 * @param parent the context to derive from; `background()` when it is left out
 * @param signals names of signals, at least one: `"SIGINT"`, `"SIGTERM"`
 * @returns the context and its `stop`; both the pair and `stop` work with `using`
 * @throws ArgumentError when a name is not that of a signal that can be caught, or on another thread than the first
 *
 * @example
 * ```ts
 * import { run } from "millrace";
 * import { cause, notifyContext } from "millrace/context";
 * await run(function* () {
 *   const [ctx, stop] = notifyContext("SIGINT", "SIGTERM");
 *   using _ = stop;
 *   process.kill(process.pid, "SIGTERM"); // as the terminal, Docker or Kubernetes do
 *   yield* ctx.done().recv();
 *   console.log((cause(ctx) as Error).message); // SIGTERM received
 * });
 * ```
 */
export function notifyContext(...signals: Signal[]): [ctx: Context, stop: CancelFunc] & Disposable;
export function notifyContext(parent: Context, ...signals: Signal[]): [ctx: Context, stop: CancelFunc] & Disposable;
export function notifyContext(
  ...args: [Context, ...Signal[]] | Signal[]
): [ctx: Context, stop: CancelFunc] & Disposable {
  const [first, ...rest] = args;
  const named = args.length === 0 || typeof first === "string";
  const signals = (named ? args : rest) as Signal[];
  const parent = named ? background() : (first as Context);
  const up = nodeOf("notifyContext", parent);
  checkSignals(signals);
  if (!hasSignals() && !isMainThread()) {
    throw new ArgumentError(
      "notifyContext: signals reach the first thread only; call it there and pass the context on",
    );
  }
  const ctx = new NotifyCtx(parent, up, signals);
  const stop = cancelFunc(ctx);
  const pair: [Context, CancelFunc] = [ctx, stop];
  return Object.defineProperty(pair, Symbol.dispose, { value: stop }) as typeof pair & Disposable;
}
