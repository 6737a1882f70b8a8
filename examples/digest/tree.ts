/**
 * Digesting a tree: walker → found → workers → results → collector. Every channel is bounded, so a slow stage holds up
 * those before it, and memory does not grow with the tree; except for what is the output, a path and a digest a file,
 * which is kept to be sorted.
 */
import { chan, type Go, go, range } from "millrace";
import { bounded } from "./bounded.ts";
import type { Done } from "./done.ts";
import { digest } from "./file.ts";
import type { Entry } from "./listing.ts";
import { outputFile } from "./output.ts";
import { compare, type Path, readable } from "./path.ts";
import { type Report, reason } from "./report.ts";
import type { Tally } from "./tally.ts";
import { type Failed, type Found, type Skipped, walk } from "./walker.ts";

type Result = { readonly kind: "digest"; readonly entry: Entry } | Skipped | Failed;

/** The digests of all files below `root`, sorted by path; when `done` is closed, those that there are by then. */
export function* digestTree(root: Path, jobs: number, done: Done, tally: Tally, report: Report): Go<Entry[]> {
  const output = outputFile();

  function* work(found: Found): Go<Result | undefined> {
    if (found.kind !== "file") return found;
    const { path } = found;
    const digested = yield* go(digest, path, done, tally.read, output).join();
    if ("error" in digested) return { kind: "failed", path, error: digested.error };
    const { sha256 } = digested;
    return sha256 === undefined ? undefined : { kind: "digest", entry: { sha256, path } };
  }

  const found = chan<Found>(jobs, { name: "found" });
  go(walk, root, found, done);

  const entries: Entry[] = [];
  for (const r = range(bounded(jobs, found, work)); yield* r.next(); ) {
    const result = r.value;
    switch (result.kind) {
      case "digest":
        tally.files++;
        entries.push(result.entry);
        break;
      case "skipped":
        tally.skipped++;
        break;
      case "failed":
        tally.errors++;
        report.say(`${readable(result.path)}: ${reason(result.error)}`);
    }
  }
  return entries.sort((a, b) => compare(a.path, b.path));
}

/** Counts the files below `root` ahead of the work, so that a bar knows how long it is. */
export function* census(root: Path, done: Done, tally: Tally): Go {
  const found = chan<Found>(64, { name: "census" });
  go(walk, root, found, done);
  for (const f = range(found); yield* f.next(); ) if (f.value.kind === "file") tally.total++;
}
