/**
 * Making a schedule that fails simpler: fewer choices that are not the first option, that is, fewer switches between
 * goroutines. A candidate is kept when it fails in the same way and is simpler; what is kept are the choices that the run
 * made, not the ones that were asked for. The same schedule always shrinks to the same one.
 */
import { Execution, type Program, type Settings } from "./execution.ts";
import { headline } from "./record.ts";
import { Follow, scheduleOf } from "./schedule.ts";

/** Steps that it may take. */
const STEPS = 200_000;

/** How simple a run is; less is simpler. */
function weight({ choices, steps }: { readonly choices: readonly number[]; readonly steps: number }): number {
  const switches = choices.filter((choice) => choice !== 0);
  return switches.length * 1e9 + steps * 1e4 + switches.reduce((sum, choice) => sum + choice, 0);
}

/** Gives the choices of the simplest run found that fails like the one of `choices`. */
export function shrink(program: Program, settings: Settings, choices: readonly number[]): readonly number[] {
  const run = (candidate: readonly number[]): Execution =>
    new Execution(program, new Follow(scheduleOf(candidate, settings)), settings, false).run();
  const first = run(choices);
  if (first.failure === null) return choices;
  const wanted = alike(first);
  let best = { choices: first.choices as readonly number[], steps: first.steps };
  let left = STEPS;
  const simpler = (candidate: readonly number[]): boolean => {
    if (left <= 0) return false;
    const ran = run(candidate);
    left -= ran.steps;
    if (ran.failure === null || alike(ran) !== wanted || weight(ran) >= weight(best)) return false;
    best = { choices: ran.choices, steps: ran.steps };
    return true;
  };
  simpler([]);
  for (let before = -1; before !== weight(best) && left > 0; ) {
    before = weight(best);
    for (let size = Math.ceil(best.choices.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < best.choices.length && left > 0; ) {
        const chunk = best.choices.slice(at, at + size);
        if (chunk.every((choice) => choice === 0)) at += size;
        // Those taken by the run are in its place now, so it stays where it is.
        else if (!simpler(without(best.choices, at, size))) at += size;
      }
    }
    best.choices.forEach((choice, at) => {
      for (let less = 1; less < choice; less++) {
        if (simpler(best.choices.map((each, place) => (place === at ? less : each)))) break;
      }
    });
  }
  return best.choices;
}

function without(choices: readonly number[], at: number, size: number): number[] {
  return choices.map((choice, place) => (place >= at && place < at + size ? 0 : choice));
}

/** What a failure is recognised by: the text, but not the numbers in it. */
function alike({ failure }: Execution): string {
  return failure === null ? "" : headline(failure).replace(/\d+/g, "0");
}
