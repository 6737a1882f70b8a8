/** What an id names: goroutines are `RUN/G`, things begin with a word. */
import type { GoroutineId, Status } from "../../protocol.ts";

export function isGoroutine(id: string): boolean {
  return /^\d/.test(id);
}

export function isChannel(id: string): boolean {
  return id.startsWith("chan/");
}

/** The first run that there was: what `main` runs is 2, because a program has a default run before, mostly without goroutines. */
let first = 1;

/** Notes which runs there are. */
export function nameRuns(runs: Status["runs"]): void {
  if (runs.length > 0) first = Math.min(...runs.map(({ run }) => run));
}

/** A goroutine's number as people say it: without the run where that is the first, `G7`, `G3/7`, `G7@2`. */
export function shortId(id: GoroutineId): string {
  if (!isGoroutine(id)) return id;
  const [place = "", thread] = id.split("@");
  const [run, g] = place.split("/");
  return `G${Number(run) === first ? g : `${run}/${g}`}${thread === undefined ? "" : `@${thread}`}`;
}
