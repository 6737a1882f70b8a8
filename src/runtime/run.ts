/** The ways into the runtime: `go`, `run`, `main`. */

import { onAbort } from "./aborts.ts";
import { callable, checkOptions, flag, text, unexpected, whole } from "./args.ts";
import { type Body, isGeneratorFunction } from "./body.ts";
import { once } from "./copies.ts";
import type { Outcome } from "./ending.ts";
import type { G } from "./g.ts";
import { environment, exit, exitNow, isMainThread, onBrokenPipe, writeError } from "./host.ts";
import { m } from "./m.ts";
import { checkHandler } from "./on-panic.ts";
import { Operation } from "./op.ts";
import type { RunOptions } from "./options.ts";
import { ArgumentError } from "./panic.ts";
import { P } from "./proc.ts";
import { report } from "./report.ts";
import { ENDS, onSignal } from "./signals.ts";
import { allowDeepStacks, formatAll, learnPlaces } from "./traceback.ts";
import type { Go, Goroutine } from "./types.ts";
import { WeakP } from "./weak.ts";

/** What a goroutine's function gives, seen through the generator, promise or operation it returns. */
export type Result<X> = [X] extends [Go<infer R>] ? R : [X] extends [PromiseLike<infer R>] ? Awaited<R> : X;

/**
 * Starts a goroutine.
 *
 * Never blocks: the goroutine is put at the end of the run queue, and its body begins when its turn comes. An error
 * thrown out of it is a panic and ends the run, unless the run's `onPanic` decides otherwise. Outside `run` and `main` it is
 * thrown by `join`, and where nothing joins the goroutine it is an uncaught exception of the host (`runtime.onPanic`).
 * Source: https://go.dev/ref/spec#Go_statements
 *
 * @param fn a generator function (`function*`), an async function, a plain function, or one that returns an operation
 * @param args what to call it with
 * @throws Panic NIL_FUNCTION when `fn` is null or undefined, ArgumentError when it is no function
 *
 * @example
 * ```ts
 * import { chan, go, run, type SendChan } from "millrace";
 * function* worker(id: number, out: SendChan<string>) { yield* out.send(`worker ${id}`); }
 * await run(function* () {
 *   const out = chan<string>();
 *   go(worker, 7, out);
 *   console.log(yield* out.recv()); // worker 7
 * });
 * ```
 */
export function go<A extends unknown[], X>(fn: (...args: A) => X, ...args: A): Goroutine<Result<X>> {
  callable("go", fn);
  // Called with the arguments spread, V8 needs no array of them.
  if (m.others !== null) {
    const started = m.others.go(m.current(), fn as Body, args, m.curg);
    if (started !== null) return started as Goroutine as Goroutine<Result<X>>;
  }
  const g = isGeneratorFunction(fn as Body)
    ? m.current().launch(fn as Body, fn(...args) as Go<unknown>, undefined, m.curg)
    : goLater(fn as Body, ...args);
  return g as Goroutine as Goroutine<Result<X>>;
}

function goLater(fn: Body, ...args: unknown[]): G {
  return m.current().launch(fn, null, args, m.curg);
}

/**
 * Runs a main goroutine inside a larger program.
 *
 * The promise resolves to what `fn` returns. When it returns the run is over: its other goroutines stop where they stand.
 * It rejects with whatever a goroutine of the run throws, with a `DeadlockError` when the host's event loop runs dry
 * before main has returned, and with the signal's reason when `options.signal` aborts.
 * At the top level of a module that another thread imports for its parallel functions it runs nothing and never settles.
 * Source: https://go.dev/ref/spec#Program_execution
 *
 * @param fn the main goroutine: a generator, async or plain function
 * @param options a seed, a signal that ends the run, what to do about leaks, and more
 *
 * @example
 * ```ts
 * import { chan, go, run } from "millrace";
 * const sum = await run(function* () {
 *   const ch = chan<number>();
 *   go(function* () { yield* ch.send(20); yield* ch.send(22); });
 *   return (yield* ch.recv())! + (yield* ch.recv())!;
 * });
 * console.log(sum); // 42
 * ```
 */
export async function run<X>(fn: () => X, options: RunOptions = {}): Promise<Result<X>> {
  callable("run", fn);
  learnPlaces(run);
  checkRun("run", options);
  if (m.others?.halts() === true) return new Promise<never>(() => {});
  const { signal } = options;
  signal?.throwIfAborted();
  const p = newRun(options);
  m.current().clock.adopt?.(p);
  endWith(signal, p);
  const outcome = await new Promise<Outcome>((resolve) => p.start(fn as Body, resolve));
  if (!outcome.ok) throw outcome.error;
  if (outcome.value instanceof Operation) {
    // A promise would perform it, in a run that is over: it would never settle.
    throw new ArgumentError("run: main returned an operation that it did not perform; write return yield*");
  }
  return outcome.value as Result<X>;
}

/** Whoever wants to run the program in another way takes what `main` is called with. */
export const programs: { take: ((fn: () => unknown, options: RunOptions) => void) | null } = once("programs", () => ({
  take: null,
}));

/**
 * Runs a main goroutine as the program.
 *
 * Ends the process when `fn` returns, whatever the host still has open, after standard output and error are written:
 * with `process.exitCode` if that was set, else 0. A panic or deadlock is printed as Go prints it and ends the process
 * with 2. SIGINT ends it with 130 unless the program listens for it; SIGQUIT prints every goroutine and ends it with 2;
 * output that nobody reads any more ends it with 141. If no goroutine yields for a second, a watchdog thread does the same,
 * and says where the loop is.
 * Does nothing on a worker thread, so a file can be both the program and a module that threads import. The environment's
 * MILLRACE_SEED, which `millrace run --seed N` sets, comes before `options.seed`.
 * Source: https://go.dev/ref/spec#Program_execution
 *
 * @param fn the main goroutine: a generator, async or plain function
 * @param options a seed, a signal that ends the run, what to do about leaks, and more
 * @throws Panic NIL_FUNCTION when `fn` is null or undefined; ArgumentError when it is no function or an option is wrong
 *
 * @example
 * ```ts no-run
 * import { main } from "millrace";
 * main(function* () {
 *   console.log("hello");
 * });
 * ```
 */
export function main(fn: () => unknown, options: RunOptions = {}): void {
  callable("main", fn);
  learnPlaces(main);
  checkRun("main", options);
  if (programs.take !== null) {
    programs.take(fn, options);
    return;
  }
  if (!isMainThread()) return;
  allowDeepStacks();
  const p = newRun(seeded(options));
  const end = (code?: number): void => {
    if (m.nested) exitNow(code);
    else if (m.others === null) exit(code);
    else m.others.stop().then(() => exit(code));
  };
  endWith(options.signal, p);
  onSignal("SIGINT", ENDS, (others) => {
    if (others === 0) end(130);
  });
  // What Go does: the signal SIGPIPE, which Node has switched off.
  onBrokenPipe(() => end(128 + 13));
  onSignal("SIGQUIT", ENDS, () => {
    writeError(`SIGQUIT: quit\n\n${dump(p)}\n`);
    end(2);
  });
  p.start(fn as Body, (outcome) => {
    if (outcome.ok) return end();
    writeError(report(outcome.error, outcome.g, outcome.trace));
    end(2);
  });
}

/** The run ends when the signal aborts. */
function endWith(signal: AbortSignal | undefined, p: P): void {
  if (signal !== undefined) p.atEnd.push(onAbort(signal, () => p.finish({ ok: false, error: signal.reason, g: null })));
}

/** All goroutines there are: those of `first`, then of every other run. */
function dump(first: P): string {
  const rest = [...m.runs, m.fallback].filter((p) => p !== first && p.allgs.length > 0);
  const others = rest.map((p) => `run ${p.id}${p.name === "" ? "" : ` "${p.name}"`}:\n\n${formatAll(p.info())}`);
  return [formatAll(first.info()), ...others].join("\n\n");
}

export function newRun(options: RunOptions): P {
  return options.leaks === "report" ? new WeakP(options) : new P(options);
}

/** Whoever starts the program may seed it. */
export function seeded(options: RunOptions): RunOptions {
  const seed = environment("MILLRACE_SEED");
  if (seed === undefined || seed === "") return options;
  const n = Number(seed);
  if (!/^-?\d+$/.test(seed) || !Number.isSafeInteger(n)) {
    throw unexpected("MILLRACE_SEED", "a whole number", seed);
  }
  return { ...options, seed: n };
}

export function checkRun(where: string, options: RunOptions): void {
  checkOptions(where, options, "seed, name");
  const { seed, name, asyncTimerChan, debug, leaks, signal, onPanic } = options;
  if (seed !== undefined) whole(`${where}: seed`, seed);
  if (name !== undefined) text(`${where}: name`, name);
  if (asyncTimerChan !== undefined) flag(`${where}: asyncTimerChan`, asyncTimerChan);
  if (debug !== undefined) flag(`${where}: debug`, debug);
  if (leaks !== undefined && leaks !== "report" && typeof leaks !== "boolean" && typeof leaks !== "function") {
    throw unexpected(`${where}: leaks`, 'true, false, "report" or a function', leaks);
  }
  checkHandler(`${where}: onPanic`, onPanic);
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== "function") {
    throw unexpected(`${where}: signal`, "an AbortSignal", signal);
  }
}
