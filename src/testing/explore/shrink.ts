/**
 * Making a schedule that fails simpler: fewer steps, and fewer choices that are not the first option, that is, fewer switches
 * between goroutines. A candidate is kept when it fails in the same way and is simpler; what is kept are the choices that the
 * run made, not the ones that were asked for. The same schedule always shrinks to the same one.
 */
import { Execution, type Program, type Settings } from "./execution.ts";
import { headline } from "./record.ts";
import { Follow, scheduleOf } from "./schedule.ts";
import type { Work } from "./slices.ts";

/** Steps that it may take. */
const STEPS = 200_000;
/** How many steps a switch is worth: a reader follows a goroutine that goes on, and has to look up from each switch. */
const SWITCH = 25;
/** Most failures need few switches, early: of longer runs than LONG, up to FEW among the first EARLY choices are tried. */
const LONG = 40;
const FEW = 3;
const EARLY = 8;

/** How simple a run is; less is simpler. */
function weight({ choices, steps }: { readonly choices: readonly number[]; readonly steps: number }): number {
  const switches = choices.filter((choice) => choice !== 0);
  return (switches.length * SWITCH + steps) * 1e4 + switches.reduce((sum, choice) => sum + choice, 0);
}

/** Gives the choices of the simplest run found that fails like the one of `choices`. */
export function* shrink(program: Program, settings: Settings, choices: readonly number[]): Work<readonly number[]> {
  const run = (candidate: readonly number[], within = settings): Work<Execution> =>
    new Execution(program, new Follow(scheduleOf(candidate, within)), within, false).running();
  const first = yield* run(choices);
  if (first.failure === null) return choices;
  const wanted = alike(first);
  let best = { choices: first.choices as readonly number[], steps: first.steps };
  let left = STEPS;
  const simpler = function* (candidate: readonly number[], within = settings): Work<boolean> {
    if (left <= 0) return false;
    const ran = yield* run(candidate, within);
    left -= ran.steps;
    yield;
    if (ran.failure === null || alike(ran) !== wanted || weight(ran) >= weight(best)) return false;
    best = { choices: ran.choices, steps: ran.steps };
    return true;
  };
  yield* simpler([]);
  if (best.steps > LONG && first.failure.kind !== "endless") {
    const within = { ...settings, maxSteps: best.steps };
    for (const candidate of early(FEW)) if (yield* simpler(candidate, within)) break;
  }
  for (let before = -1; before !== weight(best) && left > 0; ) {
    before = weight(best);
    for (let size = Math.ceil(best.choices.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at <= lastSwitch(best.choices) && left > 0; ) {
        const chunk = best.choices.slice(at, at + size);
        // Those taken by the run are in its place now, so it stays where it is.
        if (chunk.some((choice) => choice !== 0) && (yield* simpler(without(best.choices, at, size)))) continue;
        // What comes after it happens earlier, perhaps with a switch in place of one that was forced.
        const [before, after] = [best.choices.slice(0, at), best.choices.slice(at + size)];
        if (yield* simpler([...before, ...after])) continue;
        if (size > SWITCH && (yield* simpler([...before, 1, ...after]))) continue;
        at += size;
      }
    }
    for (let at = 0; at < best.choices.length; at++) {
      for (let less = 1; less < (best.choices[at] as number); less++) {
        if (yield* simpler(best.choices.map((each, place) => (place === at ? less : each)))) break;
      }
    }
  }
  return best.choices;
}

/** Choices with up to `few` switches among the first ones, those with the fewest first. */
function* early(few: number): Generator<number[]> {
  const grow = function* (before: number[], more: number): Generator<number[]> {
    for (let at = before.length; at < EARLY; at++) {
      const choices = [...before, ...Array<number>(at - before.length).fill(0), 1];
      if (more === 1) yield choices;
      else yield* grow(choices, more - 1);
    }
  };
  for (let count = 1; count <= few; count++) yield* grow([], count);
}

function lastSwitch(choices: readonly number[]): number {
  let at = choices.length - 1;
  while (at >= 0 && choices[at] === 0) at--;
  return at;
}

function without(choices: readonly number[], at: number, size: number): number[] {
  return choices.map((choice, place) => (place >= at && place < at + size ? 0 : choice));
}

/** What a failure is recognised by: the text, but not the numbers in it. */
function alike({ failure }: Execution): string {
  return failure === null ? "" : headline(failure).replace(/\d+/g, "0");
}
