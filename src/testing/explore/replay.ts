/** `replay`: a program under one schedule that was found before. */
import { callable } from "../../runtime/args.ts";
import { ArgumentError } from "../../runtime/panic.ts";
import type { Result } from "../../runtime/run.ts";
import { UnexplorableError } from "./errors.ts";
import { PROGRAM, report } from "./explore.ts";
import { record } from "./record.ts";
import { decode } from "./schedule.ts";
import { inSlices, turn } from "./slices.ts";

/**
 * Runs a program under a schedule that `explore` has found: the same program does the same, on any machine.
 *
 * @param schedule what `explore` has printed, `mr1:…`
 * @param program the program that was explored
 * @returns what the program returns, when it does not fail
 * @throws ExploreError when it fails, as from `explore`; ArgumentError when the string is no schedule, or the program does
 *   not fail and has not the choices that the schedule makes, because it is another one or has changed
 *
 * @example
 * ```ts
 * import { chan, go } from "millrace";
 * import { explore, type ExploreError, replay } from "millrace/testing";
 * function* program() {
 *   const ch = chan<number>(1);
 *   go(function* () { ch.close(); });
 *   go(function* () { yield* ch.send(1); });
 * }
 * const { schedule } = await explore(program).catch((error: ExploreError) => error) as ExploreError;
 * const again = await replay(schedule, program).catch((error: ExploreError) => error) as ExploreError;
 * console.log((again.cause as Error).message); // send on closed channel
 * ```
 */
export async function replay<X>(schedule: string, program: () => X): Promise<Result<X>> {
  const decoded = decode(schedule);
  callable("replay", program, PROGRAM);
  await turn();
  const recorded = await inSlices(record(program, decoded, { places: true }));
  const { execution, misfit } = recorded;
  const { failure } = execution;
  if (failure?.error instanceof UnexplorableError) throw failure.error;
  if (failure !== null) throw await inSlices(report(recorded, decoded, 1, "Under the schedule:"));
  if (misfit !== "") {
    throw new ArgumentError(
      `replay: the program does not fail, and ${JSON.stringify(schedule)} does not fit it (${misfit}). ` +
        "It is the schedule of another program, or the program has changed: explore it again",
    );
  }
  return execution.value as Result<X>;
}
