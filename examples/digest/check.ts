/**
 * The job `digest --check LISTING`: verifies a listing, in the words of `sha256sum -c`. The pipeline is the one for a
 * tree, with lines for jobs and the verdicts back in their order at its end.
 */
import { createReadStream } from "node:fs";
import { chan, type Go, go, range } from "millrace";
import { bounded } from "./bounded.ts";
import { INTERRUPTED, type Request, USAGE } from "./command.ts";
import { type Done, interrupted, isDone } from "./done.ts";
import { digest } from "./file.ts";
import { inOrder } from "./in-order.ts";
import { type Line, readLines } from "./lines.ts";
import { isBlank, parse, verdictLine } from "./listing.ts";
import { write } from "./output.ts";
import { type Path, readable } from "./path.ts";
import { reason, say } from "./report.ts";
import { count, Tally } from "./tally.ts";

type Verdict = { readonly at: number } & (
  | { readonly kind: "OK" | "FAILED"; readonly path: Path }
  | { readonly kind: "FAILED open or read"; readonly path: Path; readonly error: unknown }
  | { readonly kind: "malformed" | "blank" }
);

/** Verifies a listing and gives the exit code. */
export function* check(listing: string, { jobs, strict }: Request): Go<number> {
  const done = interrupted();
  const input = listing === "-" ? process.stdin : createReadStream(listing);
  const lines = chan<Line>(jobs, { name: "lines" });
  const reader = go(readLines, input.setEncoding("latin1"), lines, done);

  const tally = new Tally();
  let mismatches = 0;
  let malformed = 0;
  for (const v = range(inOrder(bounded(jobs, lines, (line) => verify(line, done, tally)))); yield* v.next(); ) {
    const verdict = v.value;
    switch (verdict.kind) {
      case "blank":
        continue;
      case "malformed":
        malformed++;
        continue;
      case "FAILED open or read":
        tally.errors++;
        say(`${readable(verdict.path)}: ${reason(verdict.error)}`);
        break;
      default:
        tally.files++;
        if (verdict.kind === "FAILED") mismatches++;
    }
    yield* write(verdictLine(verdict.path, verdict.kind));
  }

  const error = yield* reader.join();
  if (error !== undefined) {
    say(`${listing}: ${reason(error)}`);
    return USAGE;
  }
  if (malformed > 0) say(`WARNING: ${count(malformed, "line is", "lines are")} improperly formatted`);
  if (tally.errors > 0) say(`WARNING: ${count(tally.errors, "listed file")} could not be read`);
  if (mismatches > 0) say(`WARNING: ${count(mismatches, "computed checksum")} did NOT match`);
  if (isDone(done)) {
    say(`interrupted: ${tally.summary()}`);
    return INTERRUPTED;
  }
  const checked = tally.files + tally.errors;
  if (checked === 0) say(`${listing}: no properly formatted checksum lines found`);
  say(tally.summary());
  return checked === 0 || tally.errors + mismatches + (strict ? malformed : 0) > 0 ? 1 : 0;
}

function* verify({ at, text }: Line, done: Done, tally: Tally): Go<Verdict | undefined> {
  if (isBlank(text)) return { at, kind: "blank" };
  const entry = parse(text);
  if (entry === undefined) return { at, kind: "malformed" };
  const { path, sha256 } = entry;
  const digested = yield* go(digest, path, done, tally.read).join();
  if ("error" in digested) return { at, kind: "FAILED open or read", path, error: digested.error };
  const found = digested.sha256;
  return found === undefined ? undefined : { at, kind: found === sha256 ? "OK" : "FAILED", path };
}
