/** The job `digest FOLDER`: prints a listing. */
import { statSync } from "node:fs";
import { type Go, go, wait } from "millrace";
import { INTERRUPTED, type Request, USAGE } from "./command.ts";
import { interrupted, isDone } from "./done.ts";
import { format } from "./listing.ts";
import { openOutput } from "./output.ts";
import { path } from "./path.ts";
import { reason, say, startReport } from "./report.ts";
import { count, Tally } from "./tally.ts";
import { census, digestTree } from "./tree.ts";

/** Lines that are written at once. */
const LINES = 1000;

/** Prints the listing of a folder, or on a terminal says where it is; gives the exit code. */
export function* list({ folder, jobs, threads }: Request): Go<number> {
  const problem = whyNot(folder);
  if (problem !== undefined) {
    say(`${folder}: ${problem}`);
    return USAGE;
  }
  const root = path(folder);
  const done = interrupted();
  const tally = new Tally();
  const report = yield* wait(startReport(tally));
  if (process.stderr.isTTY) go(census, root, done, tally);
  const entries = yield* digestTree(root, jobs, done, tally, report);
  report.stop();

  process.exitCode = tally.errors > 0 ? 1 : 0; // if the reader of the listing goes away
  const output = isDone(done) ? undefined : openOutput();
  for (let i = 0; output !== undefined && i < entries.length && !isDone(done); i += LINES) {
    yield* output.write(
      entries
        .slice(i, i + LINES)
        .map(format)
        .join(""),
    );
  }
  if (output !== undefined) yield* output.end();
  say(`${isDone(done) ? "interrupted: " : ""}${tally.summary()}`);
  if (output?.file !== undefined && !isDone(done)) {
    say(`hashed on ${count(threads, "thread")}; the listing is in ${output.file}`);
    say(`check it with: npm start -- --check ${output.file}`);
  }
  return isDone(done) ? INTERRUPTED : tally.errors > 0 ? 1 : 0;
}

/** Why a folder can't be digested, if it can't. */
function whyNot(folder: string): string | undefined {
  try {
    return statSync(folder).isDirectory() ? undefined : "not a folder";
  } catch (error) {
    return reason(error);
  }
}
