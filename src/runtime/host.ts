/**
 * The one door to the host: clock, timers, macrotasks, randomness, the process. Nothing else in the core touches them,
 * so that the same core runs in Node and in browsers and a test can tell where nondeterminism comes in.
 *
 * Node's globals are looked up at run time and described by the small interface below instead of by Node's types,
 * because none of them has to be there.
 */

/** A handle of the host's `setTimeout`. */
export type HostTimer = unknown;

interface Stream {
  write(text: string, done?: (error?: unknown) => void): boolean;
  on(event: "error", listener: (error: { readonly code?: unknown }) => void): unknown;
  listenerCount(event: "error"): number;
  readonly writableLength?: number;
  readonly destroyed?: boolean;
}

interface NodeProcess {
  readonly versions?: { readonly node?: string };
  readonly stdout?: Stream;
  readonly stderr?: Stream;
  readonly env?: Readonly<Record<string, string | undefined>>;
  exitCode?: number | string | null | undefined;
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
  listeners(event: string): object[];
  removeAllListeners(event: string): unknown;
  readonly pid: number;
  kill(pid: number, signal: string): true;
  exit(code?: number): never;
  getBuiltinModule?(name: string): unknown;
  emitWarning?(text: string, options: { readonly type: string; readonly code: string }): void;
  nextTick?(fn: () => void): void;
  getActiveResourcesInfo?(): string[];
}

interface HostGlobals {
  setTimeout(fn: () => void, ms: number): HostTimer;
  clearTimeout(timer: HostTimer): void;
  setImmediate?(fn: () => void): unknown;
  queueMicrotask(fn: () => void): void;
  readonly performance: { now(): number; readonly timeOrigin: number };
  readonly process?: NodeProcess;
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crypto?: { getRandomValues(into: Uint32Array): Uint32Array };
  readonly MessageChannel?: new () => {
    readonly port1: { onmessage: (() => void) | null; unref?(): void };
    readonly port2: { postMessage(value: unknown): void };
  };
  reportError?(error: unknown): void;
}

const host = globalThis as unknown as HostGlobals;
const node: NodeProcess | undefined = host.process?.versions?.node === undefined ? undefined : host.process;

// What the runtime itself waits with. Tests put other clocks in the place of the host's (fake timers); those are for the
// program's own timers, and would make the runtime spin.
const { performance, setTimeout, clearTimeout, queueMicrotask } = host;
const { now } = performance;

/** The host's monotonic clock, in milliseconds with a fraction. */
export const monotonic: () => number = () => now.call(performance);

/** The moment by which all threads of the process count, in milliseconds with a fraction. */
export const common: () => number = () => performance.timeOrigin + now.call(performance);

/** A moment of `common`, by `monotonic`. */
export const sinceStart: (moment: number) => number = (moment) => moment - performance.timeOrigin;

/** The wall clock, in milliseconds since 1970. Cheaper to read than the monotonic one, and free to jump. */
export const wall: () => number = () => Date.now();

/** Runs `fn` after the code that now runs, before timers and I/O. */
export const microtask: (fn: () => void) => void = (fn) => queueMicrotask(fn);

/** Runs `fn` after the host has had its turn: timers, sockets, rendering. Holds the process open until it ran. */
export const macrotask: (fn: () => void) => void = pickMacrotask();

function pickMacrotask(): (fn: () => void) => void {
  const immediate = host.setImmediate;
  if (immediate !== undefined) return (fn) => void immediate(fn);
  const Port = host.MessageChannel;
  if (Port === undefined) return (fn) => void setTimeout(fn, 0);
  // A browser clamps nested setTimeout to 4 ms; a message to oneself is the macrotask without that. It takes two: a timer
  // that came due while goroutines ran is queued behind the first message, and would miss its turn by a whole slice.
  const queue: (() => void)[] = [];
  const { port1, port2 } = new Port();
  const post = (fn: () => void): void => {
    queue.push(fn);
    port2.postMessage(null);
  };
  port1.onmessage = () => queue.shift()?.();
  return (fn) => post(() => post(fn));
}

/** Runs `fn` when all promise reactions that are due have run, and those that they make due; or later. */
export const afterPromises: (fn: () => void) => void = /* @__PURE__ */ pickAfterPromises();

function pickAfterPromises(): (fn: () => void) => void {
  const nextTick = node?.nextTick;
  // From inside a promise reaction, a tick comes after all others. Fifty times as fast as a macrotask.
  return nextTick === undefined ? macrotask : (fn) => microtask(() => nextTick.call(node, fn));
}

/** What keeps the host's event loop going, by the names it has there (`Timeout`, `TCPSocketWrap`), where it tells. */
export function activity(): string[] {
  return (node?.getActiveResourcesInfo?.() ?? []).filter((name) => name !== "Immediate");
}

/** What keeps it going beyond what did `before`. */
export function busier(before: readonly string[]): string[] {
  const known = [...before];
  return activity().filter((name) => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}

/** The longest delay a host timer takes; a longer one would fire at once. */
const MAX_DELAY = 2 ** 31 - 1;

/** Runs `fn` once, `ms` milliseconds from now (rounded up, because hosts round down), or earlier where that is too long. */
export function startTimer(fn: () => void, ms: number): HostTimer {
  return setTimeout(fn, delayOf(ms));
}

function delayOf(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), MAX_DELAY);
}

export function stopTimer(timer: HostTimer): void {
  clearTimeout(timer);
}

/** Says whether `timer` holds the process open. Where a process is not held open by timers, does nothing. */
export function holdTimer(timer: HostTimer, hold: boolean): void {
  const handle = timer as { ref?(): void; unref?(): void } | number;
  if (typeof handle === "number") return;
  if (hold) handle.ref?.();
  else handle.unref?.();
}

/** By how much the program's clock is ahead of `performance`, which a test may have left as it is. */
let ahead = 0;

/** The monotonic clock that the program sees: the host's, or one that a test has put in its place. */
export const seen: () => number = () => host.performance.now() + ahead;

/** A timer of the clock that the program sees. */
export interface Alarm {
  readonly timer: HostTimer;
  /** What set it. */
  readonly by: HostGlobals["setTimeout"];
  readonly clear: HostGlobals["clearTimeout"];
}

/**
 * Calls `ring` once, `ms` milliseconds from now on the clock that the program sees, or earlier where that is too long. A
 * `setTimeout` that a test has put in place knows best when that is, whatever `performance` says.
 */
export function startAlarm(ring: () => void, ms: number): Alarm {
  const { setTimeout: by, clearTimeout: clear } = host;
  if (by === setTimeout || ms > MAX_DELAY) return { timer: by(ring, delayOf(ms)), by, clear };
  const when = seen() + ms;
  const due = (): void => {
    ahead += Math.max(0, when - seen());
    ring();
  };
  return { timer: by(due, delayOf(ms)), by, clear };
}

export function stopAlarm({ timer, clear }: Alarm): void {
  clear(timer);
}

/** Whether another clock has taken the place of the one that the alarm was set on: it may never ring. */
export function isStale({ by }: Alarm): boolean {
  return by !== host.setTimeout;
}

/** Thirty-two random bits to seed a run with. */
export function entropy(): number {
  if (host.crypto === undefined) return (Math.random() * 2 ** 32) | 0;
  return (host.crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) | 0;
}

/** A module of Node's own, where there is a Node. */
export function builtin(name: string): unknown {
  return node?.getBuiltinModule?.(name);
}

interface NodeEvents {
  setMaxListeners?(n: number, target: EventTarget): void;
}

/** A controller whose signal may have any number of listeners: Node warns of the eleventh, which is the eleventh worker. */
export function newAbortController(): AbortController {
  const controller = new AbortController();
  (builtin("node:events") as NodeEvents | undefined)?.setMaxListeners?.(0, controller.signal);
  return controller;
}

/** How many threads the machine can run at once. */
export function processors(): number {
  const os = node?.getBuiltinModule?.("node:os") as { availableParallelism?(): number } | undefined;
  return os?.availableParallelism?.() ?? host.navigator?.hardwareConcurrency ?? 1;
}

/** Whether this is the program's first thread, where `main` runs. */
export function isMainThread(): boolean {
  const threads = node?.getBuiltinModule?.("node:worker_threads") as { isMainThread?: boolean } | undefined;
  if (threads?.isMainThread !== undefined) return threads.isMainThread;
  return !("WorkerGlobalScope" in globalThis);
}

/** How much of a value is shown, as far as the host can choose. */
interface Shown {
  readonly depth?: number;
  readonly breakLength?: number;
  readonly maxStringLength?: number;
}

/** A value as the host shows it to developers. */
export function inspect(value: unknown, shown?: Shown): string {
  const util = builtin("node:util") as { inspect?(value: unknown, shown?: Shown): string } | undefined;
  return util?.inspect?.(value, shown) ?? String(value);
}

/** A variable of the process's environment, where there is one. */
export function environment(name: string): string | undefined {
  return node?.env?.[name];
}

/** Calls `fn` each time the host's event loop has run dry. Only Node can tell; elsewhere `fn` is never called. */
export function onLoopDry(fn: () => void): () => void {
  node?.on("beforeExit", fn);
  return () => void node?.off("beforeExit", fn);
}

/** A signal of the process, by its name: `SIGINT`. */
export type Signal = `SIG${string}`;

/** The number of a signal; undefined where the host has no signal of that name. */
export function signalNumber(signal: Signal): number | undefined {
  const os = builtin("node:os") as { readonly constants: { readonly signals: Record<string, number> } } | undefined;
  return os?.constants.signals[signal];
}

/** Whether the host delivers signals to this thread: only to a process's first one. */
export function hasSignals(): boolean {
  return node !== undefined && isMainThread();
}

/** Calls `listener` each time the process gets `signal`. What the host does by itself is switched off until the end of that. */
export function listenForSignal(signal: Signal, listener: () => void): () => void {
  node?.on(signal, listener);
  return () => void node?.off(signal, listener);
}

/** All listeners for `signal`, whether ours or the program's. */
export function signalListeners(signal: Signal): readonly (() => void)[] {
  return (node?.listeners(signal) ?? []) as (() => void)[];
}

/** Takes all listeners for `signal` away: from now on the host does what it does by itself. */
export function unlistenSignal(signal: Signal): void {
  node?.removeAllListeners(signal);
}

/** Sends `signal` to the process itself. */
export function raise(signal: Signal): void {
  node?.kill(node.pid, signal);
}

/** Calls `fn` when nobody reads the process's output any more, unless the program looks after errors of the stream itself. */
export function onBrokenPipe(fn: () => void): void {
  for (const stream of [node?.stdout, node?.stderr]) {
    stream?.on("error", (error) => {
      if (stream.listenerCount("error") > 1) return;
      if (error.code !== "EPIPE") throw error;
      fn();
    });
  }
}

/** Hands an error to the host as one that nobody caught. */
export function uncaught(error: unknown): void {
  if (host.reportError !== undefined) host.reportError(error);
  else
    host.setTimeout(() => {
      throw error;
    }, 0);
}

/** Tells developers of something after which the program goes on, as a warning of the host. */
export function warn(text: string, code: string): void {
  if (node?.emitWarning !== undefined) node.emitWarning(text, { type: "MillraceWarning", code });
  else console.warn(text);
}

/** Writes to standard error, or to the console where there is none. */
export function writeError(text: string): void {
  if (node?.stderr !== undefined) node.stderr.write(text);
  else console.error(text);
}

/** Tells developers something that is no error: on standard error, or in the console where there is none. */
export function notice(text: string): void {
  if (node?.stderr !== undefined) node.stderr.write(text);
  else console.warn(text);
}

/** Ends the process once its output is written; without a process, does nothing. `code` undefined: the one already set. */
export async function exit(code?: number): Promise<void> {
  if (node === undefined) return;
  await Promise.all([flushed(node.stdout), flushed(node.stderr)]);
  const chosen = code ?? Number(node.exitCode ?? 0);
  node.exit(chosen);
}

/** Ends the process at once: nothing that is asynchronous would come to its turn. */
export function exitNow(code?: number): void {
  node?.exit(code ?? Number(node.exitCode ?? 0));
}

/** Closes standard error: nothing more is written to it, by the host neither. */
export function closeError(): void {
  try {
    (builtin("node:fs") as { closeSync(fd: number): void } | undefined)?.closeSync(2);
  } catch {
    // It was closed already.
  }
}

/** Calls `fn` when the process ends. */
export function onExit(fn: () => void): void {
  node?.on("exit", fn);
}

function flushed(stream: Stream | undefined): Promise<void> | undefined {
  if (stream === undefined || stream.destroyed || !stream.writableLength) return undefined;
  return new Promise((resolve) => stream.write("", () => resolve()));
}
