/** Turns what was measured into tables, and says whether the targets were met. */
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { markdownTable } from "markdown-table";
import type { Bytes, Timed } from "./child.ts";
import { type MemoryWorkload, peers, type TimedWorkload, type Variant } from "./workloads.ts";

/** What one side of a workload gave, round by round. */
export interface Series<R> {
  rounds: R[];
  failure?: string;
}

export interface Environment {
  /** Go's version, if there is a Go. */
  go: string | undefined;
  rounds: number;
  /** Timed runs in a round. */
  runs: number;
  /** What was taken as time: the clock's, or the processor's. */
  clock: "wall" | "cpu";
  /** How many processors other programs used beside each measurement. */
  others: readonly number[];
}

type Results<W, R> = ReadonlyMap<W, ReadonlyMap<string, Series<R>>>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

function number(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** A time in the workload's unit: per operation in ns, or for the whole run in ms. */
function inUnit(workload: TimedWorkload, ms: number): number {
  return workload.unit === "ms" ? ms : (ms * 1e6) / workload.n;
}

function time(workload: TimedWorkload, series: Series<Timed> | undefined): number {
  return inUnit(workload, median(series?.rounds.flatMap(({ ms }) => ms) ?? []));
}

/** Ours over theirs, round by round: its median, and the range. */
function ratio(ours: Series<Timed>, theirs: Series<Timed>): { median: number; text: string } {
  const all = ours.rounds.flatMap(({ ms }, i) => {
    const other = theirs.rounds[i];
    return other ? [median(ms) / median(other.ms)] : [];
  });
  const middle = median(all);
  return {
    median: middle,
    text: `${middle.toFixed(2)} (${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)})`,
  };
}

function cell(workload: TimedWorkload, series: Series<Timed> | undefined, notes: Set<string>, side: string): string {
  if (!series) return "–";
  if (series.failure) {
    notes.add(`${side}, ${workload.name}: ${series.failure}`);
    return "fails";
  }
  return number(time(workload, series));
}

function timeRow(
  workload: TimedWorkload,
  variant: Variant,
  sides: ReadonlyMap<string, Series<Timed>>,
  notes: Set<string>,
): string[] {
  const packages = workload.peers.filter((peer) => peer !== "hand");
  const row = [
    workload.variants.length > 1 ? `${workload.name}, ${variant.name}` : workload.name,
    workload.unit,
    cell(workload, sides.get("go"), notes, "Go"),
    cell(workload, sides.get(variant.name), notes, "millrace"),
    cell(workload, sides.get("hand"), notes, "hand-written"),
    packages.map((name) => `${name} ${cell(workload, sides.get(name), notes, name)}`).join(", ") || "–",
  ];
  const { target } = variant;
  const ours = sides.get(variant.name);
  const base = target && sides.get(target.of);
  if (!target || !ours?.rounds.length || !base?.rounds.length) return [...row, "–", "–", ours?.failure ? "fails" : "–"];
  const { median: of, text } = ratio(ours, base);
  const peersMet =
    !target.belowPeers || packages.every((name) => !(time(workload, sides.get(name)) <= time(workload, ours)));
  const name = target.of === "go" ? "Go" : "hand-written";
  return [
    ...row,
    `${text} × ${name}`,
    target.atMost === Number.POSITIVE_INFINITY
      ? "below every package"
      : `≤ ${target.atMost} × ${name}${target.belowPeers ? ", below every package" : ""}`,
    of <= target.atMost && peersMet ? "met" : "**not met**",
  ];
}

function bytesCell(series: Series<Bytes> | undefined, notes: Set<string>, label: string): string {
  if (!series) return "–";
  if (series.failure) {
    notes.add(`${label}: ${series.failure}`);
    return "fails";
  }
  return `${number(median(series.rounds.map(({ rss }) => rss)))} (${number(median(series.rounds.map(({ heap }) => heap)))})`;
}

function bytesRow(workload: MemoryWorkload, sides: ReadonlyMap<string, Series<Bytes>>, notes: Set<string>): string[] {
  const [variant] = workload.variants;
  const ours = variant && sides.get(variant.name);
  const packages = workload.peers.filter((peer) => peer !== "hand");
  const cellOf = (side: string, label: string) => bytesCell(sides.get(side), notes, `${label}, ${workload.name}`);
  const met =
    workload.atMost && ours?.rounds.length ? median(ours.rounds.map(({ rss }) => rss)) <= workload.atMost : undefined;
  return [
    workload.what,
    cellOf("go", "Go"),
    bytesCell(ours, notes, `millrace, ${workload.name}`),
    cellOf("hand", "hand-written"),
    packages.map((name) => `${name} ${cellOf(name, name)}`).join(", ") || "–",
    workload.atMost ? `≤ ${workload.atMost}` : "–",
    ours?.failure ? "fails" : met === undefined ? "–" : met ? "met" : "**not met**",
  ];
}

/** Name and version of a package, or of this one. */
function version(name?: string): string {
  const file = new URL(name ? `../node_modules/${name}/package.json` : "../package.json", import.meta.url);
  const found = JSON.parse(readFileSync(file, "utf8")) as { name: string; version: string };
  return `${found.name} ${found.version}`;
}

function environmentLines({ go, rounds, runs, clock, others }: Environment): string {
  const [cpu] = cpus();
  const packages = Object.keys(peers)
    .filter((name) => name !== "hand" && name !== "setTimeout")
    .map((name) => version(name))
    .join(", ");
  const measurements = `- ${rounds} rounds of ${runs} timed runs, ${clock === "cpu" ? "processor time" : "by the clock"}. Beside the median measurement other programs kept ${median(others).toFixed(1)} processors busy, beside the worst ${Math.max(...others).toFixed(1)}.`;
  return [
    `- ${new Date().toISOString().slice(0, 10)}, ${version()}`,
    `- ${cpus().length} × ${cpu?.model ?? "?"}, ${number(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    `- Node ${process.versions.node} (V8 ${process.versions.v8}), ${go ?? "no Go"}`,
    `- ${packages}`,
    ...(others.length === 0 ? [] : [measurements]),
  ].join("\n");
}

export const METHOD = `## Why some targets are not met

What \`yield*\` and \`await\` cost before a channel does anything, measured and explained, is in
[decision 26](../docs/decisions/0026-what-yield-and-await-cost.md).

## How it is measured

\`npm run bench\` builds the package and measures it as users import it; \`npm run bench -- --help\` says what else it takes.

- A round measures every side of a workload once, one after another: Go, Millrace, the hand-written channel, the packages.
  Each measurement is a new process that runs the workload to warm up (in Node for half a second), then the timed runs.
  Garbage is collected before each: all of it in Go, the young generation in Node, because a full collection between runs
  throws away V8's optimised code (see child.ts). A run of over 2 s is timed once a round.
- A cell is the median of all timed runs. A ratio is taken within each round, so that it compares what ran within the same
  seconds; the table has the median of the rounds and, in brackets, the range. So it need not equal the quotient of two cells.
- Every program checks its own result (the sum of what arrived, the 1000th prime): a side that loses or doubles a value fails.
- Go runs with GOMAXPROCS=1. Neither side is pinned to a processor, and both runtimes may collect garbage and compile on
  another; \`taskset -c 0 npm run bench\` holds both to one.
- "Hand-written" is [peers/hand.ts](peers/hand.ts), the smallest correct channel on promises, awaited at each operation. The
  packages are the two fastest that finish the workload; all of them and the hand-written channel run the same programs,
  [peers/async.ts](peers/async.ts). No package finishes spawn-1e6 within a minute. @thi.ng/csp has no unbuffered channel, and
  its writes resolve only once they are read, even when there is room. ts-chan runs without its pause at each operation.
- The packages for locks, semaphores and pools have no channel: [peers/locks.ts](peers/locks.ts), [peers/pools.ts](peers/pools.ts). A
  lock is held over an \`await\` of a resolved promise, as ours in the await style; goroutines hold it over a \`gosched\`, as in
  Go. Go's semaphore is a buffered channel, its pool ten goroutines between two channels, with the results put in order.
- "made once" is a select that is put together before the loop and performed in it; "inline" is written in the loop, as in Go.
- With \`--cpu\` time is what the process used of the processors, garbage collection and compilation on other threads
  included, instead of the clock's. It is the better measure on a machine that has other work.
- Bytes are resident memory, in brackets the heap (Go: heap and stacks), each the growth divided by the number, after a forced
  collection. V8's young generation grows by some 20 MB meanwhile, which is 200 bytes each of 100,000 and 20 of a million, so
  the target is for a million and more. Ten million goroutines in Go would need 27 GB.
`;

/** The tables, as markdown. */
export function report(
  environment: Environment,
  times: Results<TimedWorkload, Timed>,
  bytes: Results<MemoryWorkload, Bytes>,
  sections: ReadonlyMap<string, string>,
): string {
  const notes = new Set<string>();
  const parts = [environmentLines(environment)];
  if (times.size > 0) {
    const rows = [...times].flatMap(([w, sides]) => w.variants.map((variant) => timeRow(w, variant, sides, notes)));
    const head = [
      "time",
      "",
      environment.go ?? "Go",
      "millrace",
      "hand-written",
      "npm packages",
      "ratio",
      "target",
      "",
    ];
    parts.push(markdownTable([head, ...rows], { align: ["l", "l", "r", "r", "r", "l", "r", "l", "l"] }));
  }
  if (bytes.size > 0) {
    const rows = [...bytes].map(([w, sides]) => bytesRow(w, sides, notes));
    const head = ["bytes each", environment.go ?? "Go", "millrace", "hand-written", "npm packages", "target", ""];
    parts.push(markdownTable([head, ...rows], { align: ["l", "r", "r", "r", "l", "l", "l"] }));
  }
  if (notes.size > 0) parts.push([...notes].map((note) => `- ${note}`).join("\n"));
  for (const [title, table] of sections) parts.push(`## ${title}`, table);
  return `${parts.join("\n\n")}\n`;
}
