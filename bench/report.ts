/** Turns what was measured into markdown, and says whether the targets were met. What NOTES.md has to say goes along. */
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { markdownTable } from "markdown-table";
import type { Bytes, Timed } from "./child.ts";
import { type Options, others, packages, type Results, type Series } from "./measure.ts";
import type { Group, MemoryWorkload, TimedWorkload, Variant } from "./workload.ts";

type Sides<R> = ReadonlyMap<string, Series<R>>;
/** What one cell of a full table shows: a figure, and whether it is for less than all of the work. */
interface Figure {
  readonly value: number;
  readonly text: string;
}
type FigureOf<W, R> = (workload: W, series: Series<R>) => Figure;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

function number(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** In the workload's unit: per operation in ns or µs, or in ms for all of it. */
export function costOf(workload: TimedWorkload, { ms, n }: Timed): number {
  const each = median(ms) / n;
  return workload.unit === "ms" ? each * workload.n : each * (workload.unit === "µs" ? 1e3 : 1e6);
}

export const timeOf: FigureOf<TimedWorkload, Timed> = (workload, { rounds }) => {
  const value = median(rounds.map((round) => costOf(workload, round)));
  return { value, text: number(value) + (rounds.some(({ n }) => n < workload.n) ? "†" : "") };
};

export const bytesOf: FigureOf<MemoryWorkload, Bytes> = (_, { rounds }) => {
  const value = median(rounds.map(({ rss }) => rss));
  return { value, text: `${number(value)} (${number(median(rounds.map(({ heap }) => heap)))})` };
};

/** A failure in a word, for a cell. */
function inAWord(failure: string): string {
  const [, seconds] = /(?:more than|after) (\d+) s/.exec(failure) ?? [];
  if (seconds !== undefined) return `> ${seconds} s`;
  return /^stalls/.test(failure) ? "stalls" : /wrong result/.test(failure) ? "wrong result" : "fails";
}

function cell<W, R>(workload: W, series: Series<R> | undefined, figure: FigureOf<W, R>): string {
  if (!series || (series.failure === undefined && series.rounds.length === 0)) return "–";
  return series.failure === undefined ? figure(workload, series).text : inAWord(series.failure);
}

/** The best of its kind, with its name unless that is clear. */
function best<W, R>(workload: W, sides: Sides<R>, kinds: readonly Series<R>["kind"][], figure: FigureOf<W, R>) {
  const all = [...sides]
    .filter(([, { kind, failure, rounds }]) => kinds.includes(kind) && failure === undefined && rounds.length > 0)
    .map(([name, series]) => ({ name, ...figure(workload, series) }))
    .sort((a, b) => a.value - b.value);
  return all[0];
}

const named = (of: { name: string; text: string } | undefined): string => (of ? `${of.name} ${of.text}` : "–");

/** Ours over theirs, round by round: its median, and the range. */
function ratio(workload: TimedWorkload, ours: Series<Timed>, theirs: Series<Timed>): { median: number; text: string } {
  const all = ours.rounds.flatMap((mine, i) => {
    const other = theirs.rounds[i];
    return other ? [costOf(workload, mine) / costOf(workload, other)] : [];
  });
  const middle = median(all);
  const range = all.length > 1 ? ` (${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)})` : "";
  return { median: middle, text: `${middle.toFixed(2)}${range}` };
}

function judged(workload: TimedWorkload, { name, target }: Variant, sides: Sides<Timed>): [string, string, string] {
  const ours = sides.get(name);
  const base = sides.get(target?.of ?? "Go");
  if (!ours?.rounds.length || !base?.rounds.length) return ["–", "–", ours?.failure === undefined ? "–" : "**fails**"];
  const { median: of, text } = ratio(workload, ours, base);
  const against = `${text} × ${target?.of ?? "Go"}`;
  if (!target) return [against, "–", "–"];
  const peer = best(workload, sides, ["package", "host"], timeOf);
  const belowPeers = !target.belowPeers || !peer || timeOf(workload, ours).value < peer.value;
  const wanted = [
    ...(target.atMost === Number.POSITIVE_INFINITY ? [] : [`≤ ${Number(target.atMost.toFixed(2))} × ${target.of}`]),
    ...(target.belowPeers ? ["below every peer"] : []),
  ];
  return [against, wanted.join(", "), of <= target.atMost && belowPeers ? "met" : "**not met**"];
}

function timeSummary(results: Results<TimedWorkload, Timed>, go: string): string {
  const rows = [...results].flatMap(([w, sides]) =>
    w.variants.map((variant) => [
      w.variants.length > 1 ? `${w.name}, ${variant.name}` : w.name,
      w.unit,
      cell(w, sides.get("Go"), timeOf),
      cell(w, sides.get(variant.name), timeOf),
      named(best(w, sides, ["hand", "host"], timeOf)),
      named(best(w, sides, ["package"], timeOf)),
      ...judged(w, variant, sides),
    ]),
  );
  const head = ["time", "", go, "millrace", "by hand, or Node's", "fastest package", "ratio", "target", ""];
  return markdownTable([head, ...rows], { align: ["l", "l", "r", "r", "r", "r", "r", "l", "l"] });
}

function bytesSummary(results: Results<MemoryWorkload, Bytes>, go: string): string {
  const rows = [...results].flatMap(([w, sides]) =>
    w.variants.map(({ name }) => {
      const ours = sides.get(name);
      const met = w.atMost && ours?.rounds.length ? bytesOf(w, ours).value <= w.atMost : undefined;
      return [
        w.what,
        cell(w, sides.get("Go"), bytesOf),
        cell(w, ours, bytesOf),
        named(best(w, sides, ["hand", "host"], bytesOf)),
        named(best(w, sides, ["package"], bytesOf)),
        w.atMost ? `≤ ${w.atMost}` : "–",
        met === undefined ? "–" : met ? "met" : "**not met**",
      ];
    }),
  );
  const head = ["bytes each", go, "millrace", "by hand, or Node's", "lightest package", "target", ""];
  return markdownTable([head, ...rows], { align: ["l", "r", "r", "r", "r", "l", "l"] });
}

/** Everybody in a row, every workload in a column; the best package is bold. */
function fullTable<W extends { name: string }, R>(
  results: Results<W, R>,
  unit: (workload: W) => string,
  figure: FigureOf<W, R>,
): string {
  const every = [...results.values()].flatMap((sides) => [...sides].map(([name, { kind }]) => ({ name, kind })));
  const order = ["go", "millrace", "hand", "host", "package"];
  const names = [...new Map(every.map((each) => [each.name, each])).values()].sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind),
  );
  const rows = names.map(({ name, kind }) => [
    kind === "millrace" ? `**millrace**, ${name}` : name,
    ...[...results].map(([w, sides]) => {
      const text = cell(w, sides.get(name), figure);
      return kind === "package" && best(w, sides, ["package"], figure)?.name === name ? `**${text}**` : text;
    }),
  ]);
  const head = ["", ...[...results.keys()].map((w) => `${w.name}, ${unit(w)}`)];
  return markdownTable([head, ...rows], { align: ["l", ...[...results.keys()].map(() => "r")] });
}

/** What stands behind the words in a full table. */
function failures<W extends { name: string }, R>(results: Results<W, R>): string[] {
  return [...results].flatMap(([{ name }, sides]) =>
    [...sides].flatMap(([side, { failure }]) =>
      failure === undefined || /^would take/.test(failure) ? [] : [`- ${side}, ${name}: \`${failure.slice(0, 160)}\``],
    ),
  );
}

const NOTES = readFileSync(new URL("NOTES.md", import.meta.url), "utf8");

/** What NOTES.md has under a heading. */
function notes(title: string): string[] {
  const section = NOTES.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  const text = section?.slice(title.length).trim();
  return text ? [text] : [];
}

const ours = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };

const list = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");

function environment({ go, rounds, clock, peers, quick }: Options): string {
  const [cpu] = cpus();
  const how = quick
    ? "One short run each, to see that they work: the figures mean nothing."
    : `${rounds} rounds of up to 3 timed runs, ${clock === "cpu" ? "processor time" : "by the clock"}.`;
  const beside =
    others.length === 0
      ? ""
      : ` Beside the median measurement other programs kept ${median(others).toFixed(1)} processors busy, beside the worst ${Math.max(...others).toFixed(1)}.`;
  return [
    `- ${new Date().toISOString().slice(0, 10)}, ${list({ millrace: ours.version })}`,
    `- ${cpus().length} × ${cpu?.model ?? "?"}, ${number(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    `- Node ${process.versions.node} (V8 ${process.versions.v8}), ${go ?? "no Go"}`,
    ...(peers === "none" ? [] : [`- ${list(packages)}`]),
    `- ${how}${beside}`,
  ].join("\n");
}

export interface Measured {
  readonly times: Results<TimedWorkload, Timed>;
  readonly bytes: Results<MemoryWorkload, Bytes>;
  /** What the programs of tables printed, by title. */
  readonly tables: ReadonlyMap<string, string>;
}

function section<W extends { name: string; what: string }, R>(
  { title, workloads }: Group<W>,
  results: Results<W, R>,
  unit: (workload: W) => string,
  figure: FigureOf<W, R>,
): string[] {
  const own: Results<W, R> = new Map([...results].filter(([w]) => workloads.includes(w)));
  if (own.size === 0) return [];
  const legend = [...own.keys()].map(({ name, what }) => `- **${name}**: ${what}`).join("\n");
  const wrong = failures(own);
  return [
    `## ${title}`,
    legend,
    fullTable(own, unit, figure),
    ...(wrong.length > 0 ? [wrong.join("\n")] : []),
    ...notes(title),
  ];
}

/** All of it, as markdown. */
export function report(
  options: Options,
  { times, bytes, tables }: Measured,
  groups: readonly Group<TimedWorkload>[],
  weighed: Group<MemoryWorkload>,
): string {
  const go = options.go ?? "Go";
  const parts = [
    "# Results",
    environment(options),
    ...(times.size > 0 ? [timeSummary(times, go)] : []),
    ...(bytes.size > 0 ? [bytesSummary(bytes, go)] : []),
    ...notes("Summary"),
    ...groups.flatMap((group) => section(group, times, ({ unit }) => unit, timeOf)),
    ...section(weighed, bytes, () => "bytes", bytesOf),
    ...[...tables].flatMap(([title, table]) => [`## ${title}`, table, ...notes(title)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** How it is measured, for the file. */
export const METHOD: string = ["## How it is measured", ...notes("How it is measured")].join("\n\n");
