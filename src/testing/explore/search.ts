/**
 * The searches behind `explore`, as generators that make one run a step, and yield within long ones, so that the driver can
 * let the host have its turn, and stop.
 *
 * The exhaustive search leaves out schedules that only reorder independent steps. That is right if goroutines share only
 * what the library sees: channels, locks, groups. A variable that two of them use without such a thing between their uses
 * is not seen, and a schedule that was left out may come to something else. So what the reduced search found is put to the
 * test: schedules drawn at random must come to one of the orders it has tried, and to the same end. If one does not, there
 * is such a variable, and the search begins anew without leaving anything out.
 */

import { Execution, type Program, type Settings } from "./execution.ts";
import { Exhaustive } from "./exhaustive.ts";
import type { Chance } from "./random.ts";
import { Uniform } from "./random.ts";
import { ending } from "./record.ts";
import { Trace } from "./trace.ts";

/** One run of a search. */
export interface Ran {
  readonly execution: Execution;
  /** The program did not do what it did under the same choices before. */
  readonly diverged: boolean;
  /** Which part of the search is done, from 0 to 1, where that can be told. */
  readonly done?: () => number;
}

/** How a search ended that found nothing. */
export interface Finished {
  /** Whether nothing is left to try. */
  readonly complete: boolean;
  /** Whether schedules that only reorder independent steps were left out. */
  readonly reduced: boolean;
}

/** Gives each run, and nothing in the middle of one that takes long. */
export type Search = Generator<Ran | undefined, Finished, void>;

/** Random schedules that put a reduced search to the test: as many as it had runs, within these bounds. */
const FEWEST = 200;
const MOST = 2000;

export function* exhaustive(program: Program, settings: Settings, seed: number, reduce: boolean): Search {
  if (!reduce) return yield* all(program, settings, false, null);
  const seen = new Map<number, string>();
  const finished = yield* all(program, settings, true, seen);
  if (yield* agrees(program, settings, seed, seen)) return finished;
  return yield* all(program, settings, false, null);
}

function* all(program: Program, settings: Settings, reduce: boolean, seen: Map<number, string> | null): Search {
  const chooser = new Exhaustive(reduce);
  const execution = new Execution(program, chooser, settings, false);
  const done = (): number => chooser.done;
  do {
    chooser.begin();
    yield* execution.running();
    if (chooser.redundant) continue;
    yield { execution, diverged: chooser.diverged, done };
    seen?.set(chooser.watcher.hash(), ending(execution));
  } while (chooser.advance());
  return { complete: true, reduced: reduce };
}

/** Whether random schedules come to what was `seen`. */
function* agrees(
  program: Program,
  settings: Settings,
  seed: number,
  seen: ReadonlyMap<number, string>,
): Generator<Ran | undefined, boolean, void> {
  const trace = new Trace();
  const chooser = new Uniform(seed, trace);
  const execution = new Execution(program, chooser, settings, false);
  const tests = Math.min(MOST, Math.max(FEWEST, seen.size));
  // A single order in which nothing can be exchanged.
  for (let run = 0; run < tests; run++) {
    chooser.begin(run, execution.steps);
    trace.reset(0);
    yield* execution.running();
    yield { execution, diverged: false };
    if (seen.get(trace.hash()) !== ending(execution)) return false;
  }
  return true;
}

/** As many runs as anybody wants. */
export function* chance(program: Program, settings: Settings, chooser: Chance): Search {
  const execution = new Execution(program, chooser, settings, false);
  for (let run = 0; ; run++) {
    chooser.begin(run, execution.steps);
    yield* execution.running();
    yield { execution, diverged: false };
  }
}
