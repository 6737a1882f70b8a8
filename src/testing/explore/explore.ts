/**
 * `explore`: a program under many schedules. What drives the searches of `search.ts`, and makes of the first run that fails
 * a report that can be replayed. All of it yields, so that the host has its turn every few milliseconds.
 *
 * The program is run twice under one schedule before anything else, and again when a failure was found: if the two differ
 * the program is not deterministic, no schedule can reproduce what it does, and that is what is reported.
 */
import { callable, checkOptions, flag, oneOf, whole } from "../../runtime/args.ts";
import { ExploreError, NotDeterministicError, UnexplorableError } from "./errors.ts";
import { type Execution, MAX_STEPS, type Program, type Settings } from "./execution.ts";
import { Pct, Uniform } from "./random.ts";
import { difference, headline, type Recorded, record } from "./record.ts";
import { encode, type Schedule, scheduleOf } from "./schedule.ts";
import { chance, exhaustive, type Search } from "./search.ts";
import { shrink } from "./shrink.ts";
import { inSlices, turn, type Work } from "./slices.ts";
import { timeline } from "./timeline.ts";

/** Options of `explore`. */
export interface ExploreOptions {
  /**
   * Which schedules are tried: all that can make a difference (`"exhaustive"`, the default), each choice alike by chance
   * (`"random"`), or by priorities that change at few random moments (`"pct"`).
   */
  readonly strategy?: "exhaustive" | "random" | "pct" | undefined;
  /** How many runs at most: 100,000 by default for `"exhaustive"`, else 10,000. */
  readonly runs?: number | undefined;
  /** A whole number that all chance follows from; 1 by default, so the same call does the same each time. */
  readonly seed?: number | undefined;
  /** Steps, an operation each, after which a run counts as endless; 10,000 by default. */
  readonly maxSteps?: number | undefined;
  /** For `"pct"`: how many steps must come in a certain order for the bugs that are looked for; 3 by default. */
  readonly depth?: number | undefined;
  /**
   * When timers fire: once nothing else can happen (`"idle"`, the default: computing takes no time), or whenever they are
   * next (`"any"`: computing may take any time, so a timeout may come first and a sleep orders nothing).
   */
  readonly timers?: "idle" | "any" | undefined;
  /** Whether goroutines that are left when nothing can run any more are a failure; `true` by default. */
  readonly leaks?: boolean | undefined;
  /** For `"exhaustive"`: `false` tries also the schedules that only reorder independent steps. */
  readonly reduce?: boolean | undefined;
  /** Timer channels as before Go 1.23, as for `run`. */
  readonly asyncTimerChan?: boolean | undefined;
  /** Aborting it ends the search: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called now and then with the number of runs so far; and, for `"exhaustive"`, about how many there will be, as far as the
   * part of the search shows that is done.
   */
  readonly progress?: ((runs: number, estimate?: number) => void) | undefined;
}

/** What `explore` gives when no schedule makes the program fail. */
export interface Explored {
  /** How many runs there were. */
  readonly runs: number;
  /** Whether every schedule was tried, but for those that come to the same. */
  readonly complete: boolean;
  /** Whether some could be left out because they only reorder independent steps. */
  readonly reduced: boolean;
  /**
   * There when the program waits for time and timers fired only once nothing else could happen: schedules in which a timeout
   * comes before work that needs no time were left out. `timers: "any"` tries those.
   */
  readonly timers?: "idle";
}

/** What is explored. */
export const PROGRAM = "a program (a generator function)";

interface Plan {
  readonly settings: Settings;
  readonly runs: number;
  readonly search: () => Search;
  readonly searched: string;
  /** It comes to an end by itself. */
  readonly all: boolean;
}

/**
 * Runs a program under many schedules, to find one under which it fails.
 *
 * The program is the main goroutine of a run that is made anew for each schedule; it starts goroutines and may assert. It
 * fails when a goroutine throws, when nothing can run and main has not returned, when goroutines are left once nothing can
 * run any more, or when it does not end. Every operation is a place where another goroutine may go on; who does, which
 * ready case of a select is taken and what is random comes from the schedule, and time is virtual. Goroutines must be
 * generators: what awaits a promise is refused.
 *
 * Blocks nobody: the host has its turn every few milliseconds.
 *
 * @param program a generator function; it makes all it uses, because nothing may be left over from the run before
 * @param options `strategy`, which schedules are tried (`"exhaustive"`); `runs` and `maxSteps`, bounds; `seed`; `timers`, when
 *   they fire; `leaks`, whether goroutines that are left are a failure; `depth`, `reduce`, `signal`, `progress`
 * @returns how much was tried, when nothing failed
 * @throws ExploreError with the failure as its `cause`, the shrunk schedule as a string and a timeline; UnexplorableError
 *   or NotDeterministicError when the program can't be explored; ArgumentError when an argument is wrong
 *
 * @example
 * ```ts
 * import { go, runtime } from "millrace";
 * import { explore } from "millrace/testing";
 * try {
 *   await explore(function* () {
 *     let seats = 1;
 *     const book = function* () {
 *       if (seats === 0) return;
 *       yield* runtime.gosched(); // asks the bank, say
 *       seats--;
 *     };
 *     const both = [go(book), go(book)];
 *     for (const g of both) yield* g.join();
 *     if (seats < 0) throw new Error("overbooked");
 *   });
 * } catch (error) {
 *   console.log((error as Error).message.split("\n")[0]); // panic: overbooked
 * }
 * ```
 */
export async function explore(program: () => unknown, options: ExploreOptions = {}): Promise<Explored> {
  callable("explore", program, PROGRAM);
  const planned = plan(program, options);
  const { signal, progress } = options;
  signal?.throwIfAborted();
  await turn();
  const count: Count = { runs: 0 };
  return await inSlices(exploring(program, planned, count), signal, () => {
    if (count.runs > 0) progress?.(count.runs, count.estimate?.());
  });
}

interface Count {
  runs: number;
  /** About how many there will be. */
  estimate?: () => number | undefined;
}

function* exploring(program: Program, { settings, runs, search, searched, all }: Plan, count: Count): Work<Explored> {
  yield* checkDeterminism(program, scheduleOf([], settings));
  const searching = search();
  let timed = false;
  const explored = (complete: boolean, reduced: boolean): Explored => {
    const result = { runs: count.runs, complete, reduced };
    return timed && !settings.anytime ? { ...result, timers: "idle" } : result;
  };
  for (;;) {
    const next = searching.next();
    if (next.done === true) return explored(next.value.complete, next.value.reduced);
    yield;
    if (next.value === undefined) continue;
    const { execution, diverged, done } = next.value;
    if (done !== undefined) count.estimate = () => estimate(count.runs, done());
    if (diverged) throw yield* strayed(program, settings, execution);
    count.runs++;
    timed ||= execution.timed;
    if (execution.failure !== null) throw yield* found(program, settings, execution, count.runs, searched);
    if (count.runs < runs) continue;
    // The last one of an exhaustive search may have been the last there is.
    let last = all ? searching.next() : undefined;
    while (last?.done === false && last.value === undefined) last = searching.next();
    return last?.done === true ? explored(last.value.complete, last.value.reduced) : explored(false, false);
  }
}

/** How many runs there will be, if `done` of the search is what `runs` were. */
function estimate(runs: number, done: number): number | undefined {
  return done > 0 ? Math.max(runs, Math.round(runs / done)) : undefined;
}

function plan(program: Program, options: ExploreOptions): Plan {
  checkOptions("explore", options, "strategy, runs");
  const { strategy = "exhaustive", seed = 1, depth = 3, timers = "idle", leaks = true, reduce = true } = options;
  oneOf("explore: strategy", strategy, ["exhaustive", "random", "pct"]);
  oneOf("explore: timers", timers, ["idle", "any"]);
  whole("explore: seed", seed);
  const { runs = strategy === "exhaustive" ? 100_000 : 10_000, maxSteps = MAX_STEPS, asyncTimerChan = false } = options;
  whole("explore: runs", runs, 1);
  whole("explore: maxSteps", maxSteps, 1);
  whole("explore: depth", depth, 1);
  flag("explore: leaks", leaks);
  flag("explore: reduce", reduce);
  const settings: Settings = { maxSteps, anytime: timers === "any", leaks, asyncTimerChan };
  const searched = { exhaustive: "the exhaustive search", random: "a random search", pct: "a PCT search" }[strategy];
  const search = (): Search => {
    if (strategy === "exhaustive") return exhaustive(program, settings, seed, reduce);
    return chance(program, settings, strategy === "pct" ? new Pct(seed, depth) : new Uniform(seed));
  };
  return { settings, runs, search, searched, all: strategy === "exhaustive" };
}

/** Runs the program twice under one schedule, and throws if the two differ. */
function* checkDeterminism(program: Program, schedule: Schedule, places = false): Work<Recorded> {
  const first = yield* record(program, schedule, { places });
  const second = yield* record(program, schedule, { disturbed: true });
  const { failure } = second.execution;
  if (failure?.error instanceof UnexplorableError) throw failure.error;
  const differs = yield* difference(first, second);
  if (differs !== undefined) throw notDeterministic(differs, [...first.asked, ...second.asked]);
  return first;
}

function notDeterministic(differs: string, asked: readonly string[]): NotDeterministicError {
  const [first, ...more] = [...new Set(asked)];
  const culprit =
    first === undefined
      ? "It asked the host for nothing, so perhaps a variable outside of it keeps its value from run to run."
      : `It asked the host for ${[first, ...more].slice(0, 5).join(", ")}.`;
  return new NotDeterministicError(`the program is not deterministic: under one schedule, ${differs}.\n${culprit}`);
}

/** The program had other options than in the same situation before. */
function* strayed(program: Program, settings: Settings, execution: Execution): Work<NotDeterministicError> {
  const schedule = scheduleOf(execution.choices, settings);
  const first = yield* record(program, schedule);
  const second = yield* record(program, schedule, { disturbed: true });
  const differs = (yield* difference(first, second)) ?? "other goroutines could run than in the run before";
  return notDeterministic(differs, [...first.asked, ...second.asked]);
}

/** What is reported of a run that failed. */
function* found(
  program: Program,
  settings: Settings,
  execution: Execution,
  runs: number,
  searched: string,
): Work<Error> {
  const { failure, choices } = execution;
  if (failure?.error instanceof UnexplorableError) return failure.error;
  const schedule = scheduleOf(yield* shrink(program, settings, choices), settings);
  try {
    const recorded = yield* checkDeterminism(program, schedule, true);
    if (recorded.execution.failure === null) {
      return notDeterministic(`it failed at first (${failure && headline(failure)}), then it did not`, recorded.asked);
    }
    const before = scheduleOf(choices, settings).choices.size;
    const after = schedule.choices.size;
    const shrunk = before > after ? `, shrunk from one with ${before}` : "";
    const how = `Found by run ${runs} of ${searched}. A schedule with ${after} unforced switch${after === 1 ? "" : "es"}${shrunk}:`;
    return yield* report(recorded, schedule, runs, how);
  } catch (error) {
    return error as Error;
  }
}

/** The error for a run that failed. */
export function* report(recorded: Recorded, schedule: Schedule, runs: number, how: string): Work<ExploreError> {
  const failure = recorded.execution.failure;
  if (failure === null) throw new Error("unreachable: a report of a run that did not fail");
  const text = encode(schedule);
  const drawn = yield* timeline(recorded);
  const { error, kind } = failure;
  // All that a run reports of it; the first line is said already.
  const said = kind === "leak" ? (error as Error).message : recorded.said;
  const dump = said.includes("\n") ? `\n\n${said.slice(said.indexOf("\n")).trim()}` : "";
  const message = `${headline(failure)}\n\n${how}\n\n${drawn}${dump}\n\nTo run it again: await replay(${JSON.stringify(text)}, program)`;
  return new ExploreError(message, { schedule: text, timeline: drawn, kind, runs, cause: error });
}
